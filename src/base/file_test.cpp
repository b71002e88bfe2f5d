#include "base/file.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace gantry {
namespace {

using testing::HasSubstr;
using testing::UnorderedElementsAre;

class File : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "gantry-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override {
    auto removed = remove_tree(folder_);
    EXPECT_TRUE(removed) << removed.error().message();
    EXPECT_FALSE(path_exists(folder_));
  }
  std::string at(const std::string& name) const { return folder_ + "/" + name; }

  std::string folder_;
};

TEST_F(File, ReadsWhatWasWritten) {
  const std::string data(100'000, 'x');
  ASSERT_TRUE(replace_file(at("a"), data));
  EXPECT_EQ(*read_file(at("a")), data);
  ASSERT_TRUE(replace_file(at("empty"), ""));
  EXPECT_EQ(*read_file(at("empty")), "");
}

TEST_F(File, ReadsFilesThatClaimToBeEmpty) { EXPECT_THAT(*read_file("/proc/self/status"), HasSubstr("Name:")); }

TEST_F(File, RefusesToReadMoreThanTheLimit) {
  ASSERT_TRUE(replace_file(at("a"), "12345"));
  EXPECT_EQ(*read_file(at("a"), 5), "12345");
  EXPECT_EQ(read_file(at("a"), 4).error().message(), at("a") + " is larger than 4 bytes");
}

TEST_F(File, NamesTheFileInErrors) {
  const auto missing = read_file(at("none"));
  EXPECT_EQ(missing.error().message(), "open " + at("none") + ": No such file or directory");
  EXPECT_EQ(missing.error().code(), Code::not_found);
}

TEST_F(File, WritesAValueIntoAnExistingFileOnly) {
  EXPECT_FALSE(write_value(at("none"), "1"));
  EXPECT_FALSE(path_exists(at("none")));
  ASSERT_TRUE(replace_file(at("a"), "old"));
  ASSERT_TRUE(write_value(at("a"), "new"));
  EXPECT_EQ(*read_file(at("a")), "new");
}

TEST_F(File, ReplacesInOneStep) {
  ASSERT_TRUE(replace_file(at("a"), "old", 0600));
  Fd old = *open_file(at("a"), O_RDONLY);
  ASSERT_TRUE(replace_file(at("a"), "new", 0600, Sync::no));
  EXPECT_EQ(*read_all(old, "a"), "old");
  EXPECT_EQ(*read_file(at("a")), "new");
  struct stat info;
  ASSERT_EQ(stat(at("a").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(File, LeavesNothingWhenReplacingFails) {
  ASSERT_TRUE(make_folders(at("a/b")));
  EXPECT_FALSE(replace_file(at("a"), "x"));  // a folder that is not empty is in its place
  EXPECT_FALSE(replace_file(at("none/a"), "x"));
  EXPECT_THAT(*list_folder(folder_), UnorderedElementsAre("a"));
}

TEST_F(File, LeavesNothingWhenTheDiskIsFull) {
  ASSERT_TRUE(replace_file(at("a"), "old"));
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit small{1000, 1000};
    setrlimit(RLIMIT_FSIZE, &small);
    _exit(replace_file(at("a"), std::string(5000, 'x')) ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(*read_file(at("a")), "old");
  EXPECT_THAT(*list_folder(folder_), UnorderedElementsAre("a"));
}

TEST_F(File, HasOldOrNewContentWhenKilledWhileReplacing) {
  const std::string old_content(200'000, 'o'), new_content(300'000, 'n');
  for (useconds_t moment = 0; moment < 2'000; moment += 200) {
    ASSERT_TRUE(replace_file(at("a"), old_content));
    const pid_t child = fork();
    if (child == 0) {
      while (true) best_effort(replace_file(at("a"), new_content));
    }
    usleep(moment);
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    const std::string content = *read_file(at("a"));
    EXPECT_TRUE(content == old_content || content == new_content) << content.size();
  }
}

TEST_F(File, MakesFolders) {
  ASSERT_TRUE(make_folders(at("a/b/c"), 0700));
  ASSERT_TRUE(make_folders(at("a/b/c/"), 0755));
  struct stat info;
  ASSERT_EQ(stat(at("a/b").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  EXPECT_TRUE(make_and_open_folder(at("d")));
  EXPECT_TRUE(open_folder(at("d")));
}

TEST_F(File, DoesNotTakeAFileForAFolder) {
  ASSERT_TRUE(replace_file(at("a"), ""));
  EXPECT_EQ(make_folders(at("a")).error().message(), "create folder " + at("a") + ": Not a directory");
  EXPECT_FALSE(make_folders(at("a/b")));
  EXPECT_FALSE(open_folder(at("a")));
}

TEST_F(File, ListsAFolder) {
  ASSERT_TRUE(make_folders(at("b")));
  ASSERT_TRUE(replace_file(at("a"), ""));
  ASSERT_EQ(symlink("b", at("c").c_str()), 0);
  EXPECT_THAT(*list_folder(folder_), UnorderedElementsAre("a", "b", "c"));
  EXPECT_THAT(*list_folder(at("b")), UnorderedElementsAre());
  EXPECT_FALSE(list_folder(at("c")));
  EXPECT_FALSE(list_folder(at("none")));
}

TEST_F(File, RemovesTreesWithoutFollowingLinks) {
  ASSERT_TRUE(make_folders(at("keep")));
  ASSERT_TRUE(replace_file(at("keep/file"), "x"));
  ASSERT_TRUE(make_folders(at("tree/sub/empty")));
  ASSERT_TRUE(replace_file(at("tree/sub/file"), "x"));
  ASSERT_EQ(symlink("../../keep", at("tree/sub/link").c_str()), 0);
  ASSERT_EQ(mkfifo(at("tree/fifo").c_str(), 0600), 0);
  ASSERT_TRUE(remove_tree(at("tree")));
  EXPECT_FALSE(path_exists(at("tree")));
  EXPECT_EQ(*read_file(at("keep/file")), "x");

  ASSERT_EQ(symlink("keep", at("link").c_str()), 0);
  ASSERT_TRUE(remove_tree(at("link")));
  EXPECT_TRUE(path_exists(at("keep")));
  EXPECT_TRUE(remove_tree(at("none")));
}

TEST_F(File, RemovesFoldersThatTheirOwnerMayNotEnter) {
  ASSERT_TRUE(make_folders(at("tree/a/b")));
  ASSERT_TRUE(make_folders(at("tree/c/d")));
  chmod(at("tree/a").c_str(), 0);
  chmod(at("tree/c").c_str(), 0500);
  chmod(at("tree").c_str(), 0500);
  const pid_t child = fork();
  if (child == 0) {
    // As root every folder opens; an ordinary owner has to change the mode first.
    if (geteuid() == 0) {
      for (const std::string& name : {at("tree/a/b"), at("tree/c/d"), at("tree/a"), at("tree/c"), at("tree"), folder_})
        if (chown(name.c_str(), 65534, 65534) < 0) _exit(2);
      if (setuid(65534) < 0) _exit(3);
    }
    _exit(remove_tree(at("tree")) ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_FALSE(path_exists(at("tree")));
}

TEST_F(File, RemovesTreesOfAnyDepthWithFewDescriptors) {
  ASSERT_TRUE(make_folders(at("tree")));
  Fd level = *open_folder(at("tree"));
  for (int depth = 0; depth < 200; ++depth) {
    ASSERT_EQ(mkdirat(level.get(), "d", 0755), 0);
    ASSERT_EQ(symlinkat("x", level.get(), "link"), 0);
    level = *open_at(level.get(), "d", O_RDONLY | O_DIRECTORY);
  }
  level.close();
  rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  const rlimit few{60, limit.rlim_max};
  setrlimit(RLIMIT_NOFILE, &few);
  const auto removed = remove_tree(at("tree"));
  setrlimit(RLIMIT_NOFILE, &limit);
  EXPECT_TRUE(removed) << removed.error().message();
  EXPECT_FALSE(path_exists(at("tree")));
}

TEST_F(File, SaysWhichFileCannotBeRemoved) {
  // The kernel lets nobody remove a name in /proc.
  EXPECT_THAT(remove_tree("/proc/self/status").error().message(), HasSubstr("remove /proc/self/status: "));
  EXPECT_FALSE(remove_file("/proc/self/status"));
  EXPECT_TRUE(remove_file(at("none")));
}

TEST_F(File, LocksAgainstOthers) {
  {
    auto shared = Lock::take(folder_, Lock::Mode::shared);
    ASSERT_TRUE(shared);
    EXPECT_TRUE(Lock::try_take(folder_, Lock::Mode::shared));
    EXPECT_EQ(Lock::try_take(folder_, Lock::Mode::exclusive).error().code(), Code::busy);
  }
  auto alone = Lock::try_take(folder_, Lock::Mode::exclusive);
  ASSERT_TRUE(alone);
  EXPECT_EQ(Lock::try_take(folder_, Lock::Mode::shared).error().code(), Code::busy);
  EXPECT_EQ(Lock::take(at("none"), Lock::Mode::exclusive).error().code(), Code::not_found);
}

}  // namespace
}  // namespace gantry
