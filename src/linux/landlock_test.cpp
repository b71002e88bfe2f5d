#include "linux/landlock.hpp"

#include "base/file.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include <gtest/gtest.h>

using namespace gantry;

TEST(Landlock, KeepsWritesInsideAFolder) {
  std::string folder = "/tmp/gantry-landlock-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  ASSERT_TRUE(replace_file(folder + "/out", "x", 0644, Sync::no));
  auto inside = make_and_open_folder(folder + "/in");
  ASSERT_TRUE(inside);

  constexpr int kMissing = 77;
  pid_t pid = fork();
  if (pid == 0) {
    auto restricted = linux::restrict_writes_to(*inside);
    if (!restricted) _exit(1);
    if (!*restricted) _exit(kMissing);
    if (!open_file(folder + "/in/new", O_WRONLY | O_CREAT, 0600)) _exit(2);
    if (open_file(folder + "/new", O_WRONLY | O_CREAT, 0600)) _exit(3);
    if (open_file(folder + "/out", O_WRONLY)) _exit(4);
    _exit(open_file(folder + "/out", O_RDONLY) ? 0 : 5);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  best_effort(remove_tree(folder));
  if (WIFEXITED(status) && WEXITSTATUS(status) == kMissing) GTEST_SKIP() << "this kernel has no Landlock";
  EXPECT_EQ(status, 0);
}

TEST(Landlock, KeepsAProcessToTheGivenPaths) {
  std::string folder = "/tmp/gantry-landlock-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  for (const char* file : {"/secret", "/read", "/write"}) ASSERT_TRUE(replace_file(folder + file, "x", 0644, Sync::no));

  constexpr int kMissing = 77;
  pid_t pid = fork();
  if (pid == 0) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) _exit(1);
    auto restricted = linux::restrict_to({.read = {folder + "/read"}, .write = {folder + "/write"}});
    if (!restricted) _exit(restricted.error().code() == Code::unsupported ? kMissing : 2);
    if (!open_file(folder + "/read", O_RDONLY)) _exit(3);
    if (open_file(folder + "/read", O_WRONLY)) _exit(4);
    if (truncate((folder + "/read").c_str(), 0) == 0) _exit(5);
    if (open_file(folder + "/secret", O_RDONLY)) _exit(6);
    _exit(open_file(folder + "/write", O_RDWR | O_TRUNC) ? 0 : 7);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  best_effort(remove_tree(folder));
  if (WIFEXITED(status) && WEXITSTATUS(status) == kMissing) GTEST_SKIP() << "this kernel has no such Landlock";
  EXPECT_EQ(status, 0);
}

TEST(Landlock, NamesAPathThatIsMissing) {
  auto restricted = linux::restrict_to({.read = {"/not/there"}, .write = {}});
  ASSERT_FALSE(restricted);
  if (restricted.error().code() == Code::unsupported) GTEST_SKIP() << "this kernel has no such Landlock";
  EXPECT_NE(restricted.error().message().find("/not/there"), std::string::npos);
}
