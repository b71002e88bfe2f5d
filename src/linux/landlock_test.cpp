#include "linux/landlock.hpp"

#include "base/file.hpp"

#include <fcntl.h>
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
