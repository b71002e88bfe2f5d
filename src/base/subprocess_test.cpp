#include "base/subprocess.hpp"

#include "base/file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace gantry {
namespace {

Command shell(const std::string& script) { return {.argv = {"sh", "-c", script}}; }

bool exists(pid_t pid) { return kill(pid, 0) == 0; }

TEST(Subprocess, CollectsBothOutputsAndTheExitCode) {
  auto output = run_command(shell("cat; echo err >&2; exit 3"), "in");
  ASSERT_TRUE(output) << output.error().message();
  EXPECT_EQ(output->out, "in");
  EXPECT_EQ(output->err, "err\n");
  EXPECT_EQ(output->status.code, 3);
  EXPECT_EQ(output->status.signal, 0);
  EXPECT_FALSE(output->status.ok());
}

TEST(Subprocess, MovesMoreThanAPipeHoldsBothWays) {
  const std::string data(1 << 20, 'x');
  auto output = run_command(shell("cat"), data);
  ASSERT_TRUE(output) << output.error().message();
  EXPECT_EQ(output->out, data);
}

TEST(Subprocess, SurvivesAChildThatDoesNotReadItsInput) {
  auto output = run_command(shell("exec true"), std::string(1 << 20, 'x'));
  ASSERT_TRUE(output) << output.error().message();
  EXPECT_TRUE(output->status.ok());
}

TEST(Subprocess, TellsAProgramThatIsMissingFromOneThatCannotRun) {
  const auto missing = run_command({.argv = {"no-such-program"}});
  EXPECT_EQ(missing.error().code(), Code::no_command);
  EXPECT_EQ(missing.error().message(), "run no-such-program: No such file or directory");
  EXPECT_EQ(run_command({.argv = {"/etc/passwd"}}).error().code(), Code::not_executable);
}

TEST(Subprocess, NamesTheFolderThatItCannotEnter) {
  const auto failed = run_command({.argv = {"true"}, .directory = "/no/such"});
  EXPECT_EQ(failed.error().message(), "enter /no/such: No such file or directory");
  EXPECT_EQ(failed.error().code(), Code::not_found);
}

TEST(Subprocess, SetsDirectoryAndEnvironment) {
  Command command = shell("pwd; echo $A-$HOME");
  command.directory = "/usr";
  command.environment = {"A=b", "PATH=/bin:/usr/bin"};
  EXPECT_EQ(*command_output(command), "/usr\nb-\n");
}

TEST(Subprocess, PutsTheLastLineOfStderrIntoTheError) {
  const auto failed = command_output(shell("echo first >&2; echo last >&2; exit 2"));
  EXPECT_EQ(failed.error().message(), "sh failed with exit code 2: last");
  EXPECT_EQ(command_output(shell("exit 1")).error().message(), "sh failed with exit code 1");
}

TEST(Subprocess, HandsOnTheDescriptorsThatItShallAndNoOthers) {
  const Fd kept = *open_file("/dev/null", O_RDONLY), other = *open_file("/dev/null", O_RDONLY);
  Command command = shell("for n in " + std::to_string(kept.get()) + " " + std::to_string(other.get()) +
                          "; do [ -e /proc/self/fd/$n ] && echo $n; done; true");
  command.keep = {kept.get()};
  EXPECT_EQ(*command_output(command), std::to_string(kept.get()) + "\n");
}

TEST(Subprocess, CrossesStandardDescriptors) {
  Pipe pipe = *make_pipe();
  // 2 goes to 1 and 1 to 2: the one must not overwrite the other before it is moved.
  const pid_t child = fork();
  if (child == 0) {
    dup2(pipe.write.get(), 1);
    dup2(open_file("/dev/null", O_WRONLY)->get(), 2);
    auto crossed = Child::start({.argv = {"sh", "-c", "echo to-out; echo to-err >&2"}, .out = 2, .err = 1});
    _exit(crossed && crossed->wait() ? 0 : 1);
  }
  pipe.write.close();
  EXPECT_EQ(*read_all(pipe.read, "pipe"), "to-err\n");
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(Subprocess, ShowsADeathBySignalAsAShellDoes) {
  auto child = Child::start({.argv = {"sleep", "1000"}});
  ASSERT_TRUE(child) << child.error().message();
  ASSERT_TRUE(child->signal(SIGTERM));
  auto status = child->wait();
  ASSERT_TRUE(status);
  EXPECT_EQ(status->code, 128 + SIGTERM);
  EXPECT_EQ(status->signal, SIGTERM);
}

TEST(Subprocess, WaitsNoLongerThanAsked) {
  auto child = Child::start({.argv = {"sleep", "1000"}});
  auto nothing = child->wait_for(10);
  ASSERT_TRUE(nothing);
  EXPECT_FALSE(*nothing);
  ASSERT_TRUE(child->signal(SIGKILL));
  auto status = child->wait_for(60'000);
  ASSERT_TRUE(status && *status);
  EXPECT_EQ((*status)->signal, SIGKILL);
}

TEST(Subprocess, KillsAndReapsWhatIsNotWaitedFor) {
  pid_t first, second;
  {
    Child child = std::move(*Child::start({.argv = {"sleep", "1000"}}));
    first = child.pid();
    child = std::move(*Child::start({.argv = {"sleep", "1000"}}));
    second = child.pid();
    EXPECT_FALSE(exists(first));
    EXPECT_TRUE(exists(second));
  }
  EXPECT_FALSE(exists(second));
}

TEST(Subprocess, StartsWithoutOurSignalMaskAndIgnoredPipes) {
  auto previous_handler = signal(SIGPIPE, SIG_IGN);
  sigset_t blocked, previous;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGPIPE);
  sigprocmask(SIG_BLOCK, &blocked, &previous);
  const auto output = run_command(shell("kill -PIPE $$"));
  sigprocmask(SIG_SETMASK, &previous, nullptr);
  signal(SIGPIPE, previous_handler);
  ASSERT_TRUE(output) << output.error().message();
  EXPECT_EQ(output->status.signal, SIGPIPE);
}

}  // namespace
}  // namespace gantry
