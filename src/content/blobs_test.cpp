#include "content/blobs.hpp"

#include "base/file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace gantry::content {
namespace {

using testing::IsEmpty;
using testing::UnorderedElementsAre;

oci::Digest digest_of(char figure) {
  return oci::Digest::from_hex(oci::Algorithm::sha256, std::string(64, figure)).value();
}

class Layout : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/gantry-content.XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    root = std::string(name) + "/store";
    auto made = Blobs::create(root);
    ASSERT_TRUE(made) << made.error().message();
  }
  void TearDown() override { best_effort(remove_tree(root.substr(0, root.rfind('/')))); }

  std::vector<std::string> tmp() { return list_folder(root + "/tmp").value(); }

  std::string root;
};

TEST_F(Layout, PutsASmallBlobAnewWhenItIsDamaged) {
  Blobs blobs(root);
  ASSERT_TRUE(blobs.put(digest_of('a'), "good"));
  for (const char* damaged : {"evil", "goodgood", ""}) {
    ASSERT_TRUE(replace_file(blobs.path(digest_of('a')), damaged));
    ASSERT_TRUE(blobs.put(digest_of('a'), "good"));
    EXPECT_EQ(blobs.read(digest_of('a')).value(), "good");
  }
}

TEST_F(Layout, IsAnOciLayout) {
  EXPECT_EQ(read_file(root + "/oci-layout").value(), R"({"imageLayoutVersion":"1.0.0"})");
  EXPECT_EQ(read_file(root + "/index.json").value(), R"({"schemaVersion":2,"manifests":[]})");
}

TEST_F(Layout, KeepsWhatIsThereWhenMadeAgain) {
  ASSERT_TRUE(replace_file(root + "/index.json", "mine"));
  ASSERT_TRUE(Blobs::create(root));
  EXPECT_EQ(read_file(root + "/index.json").value(), "mine");
}

TEST_F(Layout, KeepsABlobUnderItsDigest) {
  Blobs blobs(root);
  ASSERT_TRUE(blobs.put(digest_of('a'), "hello"));
  EXPECT_TRUE(blobs.has(digest_of('a')));
  EXPECT_EQ(blobs.size(digest_of('a')).value(), 5u);
  EXPECT_EQ(blobs.read(digest_of('a')).value(), "hello");
  EXPECT_EQ(read_file(root + "/blobs/sha256/" + std::string(64, 'a')).value(), "hello");
  EXPECT_THAT(tmp(), IsEmpty());
}

TEST_F(Layout, ReplacesABlobOfAnotherSize) {
  Blobs blobs(root);
  ASSERT_TRUE(replace_file(blobs.path(digest_of('a')), "hel"));
  ASSERT_TRUE(blobs.put(digest_of('a'), "hello"));
  EXPECT_EQ(blobs.read(digest_of('a')).value(), "hello");
}

TEST_F(Layout, NamesAMissingBlob) {
  auto read = Blobs(root).read(digest_of('b'));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code(), Code::not_found);
  EXPECT_EQ(read.error().message(), "blob sha256:" + std::string(64, 'b') + " is missing");
}

TEST_F(Layout, RefusesADocumentThatIsTooLarge) {
  Blobs blobs(root);
  ASSERT_TRUE(blobs.put(digest_of('a'), "hello"));
  EXPECT_EQ(blobs.read(digest_of('a'), 4).error().code(), Code::corrupt);
}

TEST_F(Layout, ListsBlobsAndNothingElse) {
  Blobs blobs(root);
  auto wide = oci::Digest::from_hex(oci::Algorithm::sha512, std::string(128, 'c')).value();
  ASSERT_TRUE(blobs.put(digest_of('a'), "a"));
  ASSERT_TRUE(blobs.put(wide, "c"));
  ASSERT_TRUE(replace_file(root + "/blobs/sha256/README", "not a blob"));
  EXPECT_THAT(blobs.list().value(), UnorderedElementsAre(digest_of('a'), wide));
}

TEST_F(Layout, LeavesNothingOfABlobThatIsNotCommitted) {
  Blobs blobs(root);
  {
    auto ingest = blobs.begin().value();
    ASSERT_TRUE(write_all(ingest.fd(), "half", "blob"));
    EXPECT_EQ(tmp().size(), 1u);
  }
  EXPECT_THAT(tmp(), IsEmpty());
  EXPECT_THAT(blobs.list().value(), IsEmpty());
}

TEST_F(Layout, RemovesABlobTwice) {
  Blobs blobs(root);
  ASSERT_TRUE(blobs.put(digest_of('a'), "hello"));
  EXPECT_TRUE(blobs.remove(digest_of('a')));
  EXPECT_TRUE(blobs.remove(digest_of('a')));
  EXPECT_FALSE(blobs.has(digest_of('a')));
}

TEST_F(Layout, SweepsWhatAKilledProcessLeftAndNothingElse) {
  auto mine = Scratch::make_folder(root + "/tmp").value();
  Pipe ready = make_pipe().value();
  pid_t victim = fork();
  if (victim == 0) {
    auto file = Scratch::make_file(root + "/tmp");
    auto folder = Scratch::make_folder(root + "/tmp");
    best_effort(replace_file(folder->path() + "/inside", "half"));
    best_effort(write_all(ready.write, "x", "pipe"));
    pause();
    _exit(0);
  }
  ready.write.close();
  char byte;
  ASSERT_EQ(read(ready.read.get(), &byte, 1), 1);
  EXPECT_THAT(abandoned(root + "/tmp").value(), IsEmpty());
  EXPECT_EQ(tmp().size(), 3u);

  kill(victim, SIGKILL);
  waitpid(victim, nullptr, 0);
  EXPECT_EQ(abandoned(root + "/tmp").value().size(), 2u);
  EXPECT_THAT(tmp(), UnorderedElementsAre(mine.path().substr(mine.path().rfind('/') + 1)));
}

TEST_F(Layout, PublishesAFolderOnlyWhereNoneIs) {
  auto first = Scratch::make_folder(root + "/tmp").value();
  auto second = Scratch::make_folder(root + "/tmp").value();
  ASSERT_TRUE(replace_file(first.path() + "/who", "first"));
  ASSERT_TRUE(replace_file(second.path() + "/who", "second"));
  EXPECT_TRUE(first.publish(root + "/layer"));
  EXPECT_TRUE(second.publish(root + "/layer"));
  EXPECT_EQ(read_file(root + "/layer/who").value(), "first");
  EXPECT_THAT(tmp(), IsEmpty());
}

TEST_F(Layout, TakesAFolderApartAwayFromItsPlace) {
  ASSERT_TRUE(make_folders(root + "/layer/deep"));
  {
    auto taken = Scratch::take_folder(root + "/tmp", root + "/layer").value();
    EXPECT_FALSE(path_exists(root + "/layer"));
    EXPECT_TRUE(path_exists(taken.path() + "/deep"));
  }
  EXPECT_THAT(tmp(), IsEmpty());
}

}  // namespace
}  // namespace gantry::content
