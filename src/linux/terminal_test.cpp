#include "linux/terminal.hpp"

#include "base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>

#include <gtest/gtest.h>

using namespace gantry;
using namespace gantry::linux;

namespace {

bool is_raw(const Fd& terminal) {
  termios mode{};
  tcgetattr(terminal.get(), &mode);
  return (mode.c_lflag & (ICANON | ECHO | ISIG)) == 0;
}

TEST(Terminal, OpensBothSides) {
  auto pty = open_pty();
  ASSERT_TRUE(pty) << pty.error().message();
  EXPECT_TRUE(isatty(pty->peer.get()));
  auto name = fmt::format("/dev/pts/{}", pty->number);
  struct stat peer, named;
  ASSERT_EQ(fstat(pty->peer.get(), &peer), 0);
  ASSERT_EQ(stat(name.c_str(), &named), 0);
  EXPECT_EQ(peer.st_rdev, named.st_rdev);
  ASSERT_TRUE(write_all(pty->master, "x\n", "the terminal"));
  char text[8];
  EXPECT_EQ(read(pty->peer.get(), text, sizeof text), 2);
  EXPECT_EQ(fcntl(pty->master.get(), F_GETFD) & fcntl(pty->peer.get(), F_GETFD), FD_CLOEXEC);
}

TEST(Terminal, OpensAPtyOfAGivenMount) {
  Fd devpts = *open_folder("/dev/pts");
  auto pty = open_pty_in(devpts);
  ASSERT_TRUE(pty) << pty.error().message();
  EXPECT_TRUE(path_exists(fmt::format("/dev/pts/{}", pty->number)));
}

TEST(Terminal, SaysThatAFolderHoldsNoTerminals) {
  Fd folder = *open_folder("/");
  EXPECT_EQ(open_pty_in(folder).error().code(), Code::not_found);
}

TEST(Terminal, SetsAndReadsTheSize) {
  auto pty = open_pty();
  ASSERT_TRUE(pty);
  ASSERT_TRUE(set_window_size(pty->master.get(), {24, 80}));
  auto size = window_size(pty->peer.get());
  ASSERT_TRUE(size);
  EXPECT_EQ(size->rows, 24);
  EXPECT_EQ(size->columns, 80);
}

TEST(Terminal, RefusesWhatIsNoTerminal) {
  Fd null = *open_file("/dev/null", O_RDWR);
  EXPECT_FALSE(window_size(null.get()));
  EXPECT_FALSE(set_window_size(null.get(), {1, 1}));
  EXPECT_FALSE(RawTerminal::enter(null.get()));
}

TEST(Terminal, IsRawUntilTheObjectGoes) {
  auto pty = open_pty();
  ASSERT_TRUE(pty);
  {
    auto raw = RawTerminal::enter(pty->peer.get());
    ASSERT_TRUE(raw);
    EXPECT_TRUE(is_raw(pty->peer));
  }
  EXPECT_FALSE(is_raw(pty->peer));
}

TEST(Terminal, CanBeRestoredAndEnteredAgain) {
  auto pty = open_pty();
  ASSERT_TRUE(pty);
  auto raw = RawTerminal::enter(pty->peer.get());
  ASSERT_TRUE(raw);
  raw->restore();
  EXPECT_FALSE(is_raw(pty->peer));
  EXPECT_TRUE(RawTerminal::enter(pty->peer.get()));
  EXPECT_FALSE(is_raw(pty->peer));
}

class TerminalSignals : public testing::TestWithParam<int> {};

TEST_P(TerminalSignals, RestoreTheTerminalAndEndTheProcess) {
  auto pty = open_pty();
  ASSERT_TRUE(pty);
  pid_t pid = fork();
  if (pid == 0) {
    // A sanitizer handles some of these itself, and then they are left to it.
    signal(GetParam(), SIG_DFL);
    auto raw = RawTerminal::enter(pty->peer.get());
    if (!raw || !is_raw(pty->peer)) _exit(1);
    raise(GetParam());
    _exit(2);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == GetParam()) << status;
  EXPECT_FALSE(is_raw(pty->peer));
}

INSTANTIATE_TEST_SUITE_P(All, TerminalSignals, testing::Values(SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGSEGV, SIGABRT));

TEST(Terminal, LeavesIgnoredSignalsIgnored) {
  auto pty = open_pty();
  ASSERT_TRUE(pty);
  pid_t pid = fork();
  if (pid == 0) {
    signal(SIGINT, SIG_IGN);
    auto raw = RawTerminal::enter(pty->peer.get());
    raise(SIGINT);
    _exit(raw ? 7 : 1);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

}  // namespace
