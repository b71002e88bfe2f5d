#include "distribution/upload_note.hpp"

#include "base/file.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace gantry::distribution {
namespace {

using testing::IsEmpty;

class UploadNotes : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/gantry-notes.XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder = std::string(name) + "/uploads";
  }
  void TearDown() override { best_effort(remove_tree(folder.substr(0, folder.rfind('/')))); }

  UploadNote open(const std::string& label = "host/app") const { return UploadNote::open(folder, label, digest); }

  oci::Digest digest = oci::Digest::from_hex(oci::Algorithm::sha256, std::string(64, 'a')).value();
  std::string folder;
};

TEST_F(UploadNotes, TellALaterOneWhereItGoesOn) {
  open().keep("http://host/a-longer-place");
  open().keep("http://host/place");
  EXPECT_EQ(open().location(), "http://host/place");
  EXPECT_EQ(open("host/other").location(), "");
  struct stat info;
  ASSERT_EQ(stat((folder + "/" + list_folder(folder)->front()).c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  open().forget();
  EXPECT_EQ(open().location(), "");
  EXPECT_THAT(list_folder(folder).value(), IsEmpty());
}

TEST_F(UploadNotes, AreOneProcessesOnly) {
  UploadNote first = open();
  first.keep("http://host/place");
  UploadNote second = open();
  EXPECT_EQ(second.location(), "");
  second.keep("http://host/another");
  second.forget();
  first = UploadNote();
  EXPECT_EQ(open().location(), "http://host/place");
}

TEST_F(UploadNotes, AreForgottenWhenTheyAreOldOrBroken) {
  open().keep("http://host/place");
  const std::string path = folder + "/" + list_folder(folder)->front();
  const timespec times[2] = {{1000, 0}, {1000, 0}};
  ASSERT_EQ(utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
  EXPECT_EQ(open().location(), "");
  ASSERT_TRUE(replace_file(path, "{\"location\":"));
  EXPECT_EQ(open().location(), "");
}

TEST_F(UploadNotes, AreNoReasonToFail) {
  ASSERT_TRUE(replace_file(folder, "no folder"));
  UploadNote note = open();
  note.keep("http://host/place");
  EXPECT_EQ(note.location(), "http://host/place");
}

}  // namespace
}  // namespace gantry::distribution
