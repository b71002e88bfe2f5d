#include "archive/unpack_job.hpp"
#include "archive/test_support.hpp"
#include "base/file.hpp"
#include "base/subprocess.hpp"
#include "linux/idmap.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

using namespace gantry;
using namespace gantry::archive;
using namespace gantry::archive::test;

namespace {

Result<UnpackedLayer> unpack(const std::string& archive, const std::string& root, const ExtractOptions& options = {}) {
  auto job =
      TRY(UnpackJob::start(TRY(open_file(archive, O_RDONLY)), archive, TRY(make_and_open_folder(root)), options));
  return job.wait();
}

#define NEEDS_ROOT() \
  if (geteuid() != 0) GTEST_SKIP() << "only root can do this"

/// Runs `work` in a child and says with which exit code it ended.
template <class Work>
int in_child(Work work) {
  pid_t pid = fork();
  if (pid == 0) _exit(work());
  int status = 0;
  waitpid(pid, &status, 0);
  return exit_status_of_wait(status).code;
}

}  // namespace

TEST(UnpackJob, UnpacksAndGivesTheDigests) {
  NEEDS_ROOT();
  TemporaryFolder folder;
  auto archive = make_archive({file("f", "data"), file("d/.wh.x", ""), file("o/.wh..wh..opq", "")});
  write_bytes(folder / "a.tar", archive);
  shell("gzip -k " + folder / "a.tar");
  auto layer = unpack(folder / "a.tar.gz", folder / "root");
  ASSERT_TRUE(layer) << layer.error().message();
  EXPECT_EQ(layer->digests.compression, Compression::gzip);
  EXPECT_EQ(layer->digests.packed, hash_of(file_bytes(folder / "a.tar.gz")));
  EXPECT_EQ(layer->digests.unpacked, hash_of(archive));
  EXPECT_EQ(layer->digests.unpacked_size, archive.size());
  EXPECT_EQ(layer->content.entries, 3u);
  EXPECT_EQ(layer->content.bytes, 4u);
  EXPECT_EQ(read_file(folder / "root/f").value_or(""), "data");
}

TEST(UnpackJob, BringsTheErrorBack) {
  TemporaryFolder folder;
  auto archive = make_archive({file("../f", "data")});
  write_bytes(folder / "a.tar", archive);
  auto layer = unpack(folder / "a.tar", folder / "root");
  ASSERT_FALSE(layer);
  EXPECT_EQ(layer.error().code(), Code::invalid);
  EXPECT_EQ(layer.error().text(), "unpack '../f': its path leads upwards ('..')");
}

TEST(UnpackJob, EndsThoughItsParentHoldsTheOtherEndOfThePipe) {
  NEEDS_ROOT();
  TemporaryFolder folder;
  auto pipe = make_pipe();
  ASSERT_TRUE(pipe);
  auto root = make_and_open_folder(folder / "root");
  auto job = UnpackJob::start(std::move(pipe->read), "pipe", *root, {});
  ASSERT_TRUE(job);
  auto archive = make_archive({file("f", "data")});
  ASSERT_TRUE(write_all(pipe->write, as_text(archive), "pipe"));
  pipe->write.close();
  EXPECT_TRUE(job->wait());
}

TEST(UnpackJob, IsKilledWhenItIsNoLongerWanted) {
  TemporaryFolder folder;
  auto pipe = make_pipe();
  ASSERT_TRUE(pipe);
  auto root = make_and_open_folder(folder / "root");
  { auto job = UnpackJob::start(std::move(pipe->read), "pipe", *root, {}); }
  EXPECT_LT(waitpid(-1, nullptr, WNOHANG), 0);
}

TEST(UnpackJob, SaysWhenTheDiskIsFull) {
  NEEDS_ROOT();
  TemporaryFolder folder;
  auto archive = make_archive({file("f", std::string(300'000, 'x'))});
  write_bytes(folder / "a.tar", archive);
  std::string root = folder / "root";
  ASSERT_TRUE(make_folders(root));
  EXPECT_EQ(in_child([&] {
              if (unshare(CLONE_NEWNS) < 0 || mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) < 0 ||
                  mount("none", root.c_str(), "tmpfs", 0, "size=128k") < 0)
                return 10;
              auto layer = unpack(folder / "a.tar", root);
              if (layer) return 11;
              return layer.error().code() == Code::no_space && !layer.error().cure().empty() ? 0 : 12;
            }),
            0);
}

TEST(UnpackJob, NamesTheCureForAnOwnerThatIsNotMapped) {
  NEEDS_ROOT();
  TemporaryFolder folder;
  Member strange = file("f", "x");
  strange.entry.uid = 5000;
  auto archive = make_archive({strange});
  write_bytes(folder / "a.tar", archive);
  ASSERT_TRUE(make_folders(folder / "root"));
  linux::IdMaps maps{{{0, 0, 1000}}, {{0, 0, 1000}}};
  auto in_namespace = [&](bool ignore_owner) {
    return linux::in_user_namespace(maps, [&]() -> Result<> {
      TRY(unpack(folder / "a.tar", folder / "root", {.user_xattr = true, .ignore_owner = ignore_owner}));
      return {};
    });
  };
  auto refused = in_namespace(false);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::unsupported);
  EXPECT_NE(refused.error().cure().find("/etc/subuid"), std::string::npos);
  auto accepted = in_namespace(true);
  EXPECT_TRUE(accepted) << accepted.error().message();
}

TEST(UnpackJob, MakesWhiteoutsInAUserNamespace) {
  NEEDS_ROOT();
  TemporaryFolder folder;
  auto archive = make_archive({file("d/.wh.gone", ""), file("o/.wh..wh..opq", "")});
  write_bytes(folder / "a.tar", archive);
  ASSERT_TRUE(make_folders(folder / "root"));
  linux::IdMaps maps{{{0, 0, 1}}, {{0, 0, 1}}};
  auto unpacked = linux::in_user_namespace(maps, [&]() -> Result<> {
    TRY(unpack(folder / "a.tar", folder / "root", {.user_xattr = true}));
    return {};
  });
  ASSERT_TRUE(unpacked) << unpacked.error().message();
  EXPECT_EQ(shell("stat -c %F:%t:%T " + folder / "root/d/gone"), "character special file:0:0\n");
}
