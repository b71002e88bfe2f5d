#include "linux/seccomp.hpp"

#include "base/subprocess.hpp"

#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include <gtest/gtest.h>

using namespace gantry;
using namespace gantry::linux;

namespace {

constexpr int kNotLoaded = 99;

/// Runs `code` in a child under the filter; what it returned is the exit code.
template <class Code>
ExitStatus under(const SeccompFilter& filter, Code code) {
  auto program = compile_seccomp(filter);
  auto flags = seccomp_flags(filter);
  if (!program || !flags) return {kNotLoaded, 0};
  pid_t pid = fork();
  if (pid == 0) {
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    auto loaded = load_seccomp(*program, *flags);
    _exit(loaded ? code(*loaded) : kNotLoaded);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  return exit_status_of_wait(status);
}

int errno_of(long returned) { return returned < 0 ? errno : 0; }

/// getpriority's second argument is a number that a caller chooses freely.
int probe(unsigned long argument) { return errno_of(syscall(SYS_getpriority, 0, argument)); }

SeccompFilter refuse(std::vector<std::string> names, unsigned error, std::vector<SeccompArg> args = {}) {
  SeccompFilter filter;
  filter.rules.push_back({std::move(names), "SCMP_ACT_ERRNO", error, std::move(args)});
  return filter;
}

TEST(Seccomp, RefusesACallWithTheGivenErrno) {
  EXPECT_EQ(under(refuse({"getpid"}, 42), [](const Fd&) { return errno_of(syscall(SYS_getpid)); }).code, 42);
  EXPECT_EQ(under(refuse({"getpid"}, 42), [](const Fd&) { return errno_of(syscall(SYS_getuid)); }).code, 0);
}

TEST(Seccomp, RefusesWithEpermWhenNoErrnoIsGiven) {
  SeccompFilter filter;
  filter.rules.push_back({{"getpid"}, "SCMP_ACT_ERRNO", {}, {}});
  EXPECT_EQ(under(filter, [](const Fd&) { return errno_of(syscall(SYS_getpid)); }).code, EPERM);
}

TEST(Seccomp, AppliesTheDefaultToWhatNoRuleNames) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer's own code makes calls that this filter refuses";
#endif
  SeccompFilter filter{.default_action = "SCMP_ACT_ERRNO", .default_errno = ENOSYS};
  filter.rules.push_back({{"exit_group", "write"}, "SCMP_ACT_ALLOW", {}, {}});
  EXPECT_EQ(under(filter, [](const Fd&) { return errno_of(syscall(SYS_getpid)); }).code, ENOSYS);
}

TEST(Seccomp, KillsTheProcess) {
  SeccompFilter filter;
  filter.rules.push_back({{"getpid"}, "SCMP_ACT_KILL_PROCESS", {}, {}});
  EXPECT_EQ(under(filter, [](const Fd&) { return errno_of(syscall(SYS_getpid)); }).signal, SIGSYS);
}

TEST(Seccomp, TakesEveryActionOfTheSpec) {
  for (std::string action : {"SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_TRAP",
                             "SCMP_ACT_ERRNO", "SCMP_ACT_TRACE", "SCMP_ACT_LOG", "SCMP_ACT_ALLOW", "SCMP_ACT_NOTIFY"}) {
    SeccompFilter filter{.default_action = "SCMP_ACT_LOG"};
    filter.rules.push_back({{"getpid"}, action, {}, {}});
    auto program = compile_seccomp(filter);
    EXPECT_TRUE(program) << action << ": " << program.error().message();
  }
}

struct Comparison {
  const char* op;
  std::uint64_t value;
  std::uint64_t value_two;
  unsigned long matching;
  unsigned long other;
};

class SeccompOperators : public testing::TestWithParam<Comparison> {};

TEST_P(SeccompOperators, ComparesTheArgument) {
  const Comparison& test = GetParam();
  auto filter = refuse({"getpriority"}, 42, {{1, test.value, test.value_two, test.op}});
  EXPECT_EQ(under(filter, [&](const Fd&) { return probe(test.matching); }).code, 42);
  EXPECT_NE(under(filter, [&](const Fd&) { return probe(test.other); }).code, 42);
}

INSTANTIATE_TEST_SUITE_P(All, SeccompOperators,
                         testing::Values(Comparison{"SCMP_CMP_NE", 7, 0, 8, 7}, Comparison{"SCMP_CMP_LT", 7, 0, 6, 7},
                                         Comparison{"SCMP_CMP_LE", 7, 0, 7, 8}, Comparison{"SCMP_CMP_EQ", 7, 0, 7, 8},
                                         Comparison{"SCMP_CMP_GE", 7, 0, 7, 6}, Comparison{"SCMP_CMP_GT", 7, 0, 8, 7},
                                         Comparison{"SCMP_CMP_MASKED_EQ", 0xf0, 0x20, 0x25, 0x35},
                                         Comparison{"SCMP_CMP_EQ", 0x100000007, 0, 0x100000007, 7}),
                         [](const auto& test) { return fmt::format("{}_{}", test.param.op + 9, test.index); });

TEST(Seccomp, TakesConditionsOnDifferentArgumentsTogether) {
  auto filter = refuse({"getpriority"}, 42, {{0, 0, 0, "SCMP_CMP_EQ"}, {1, 7, 0, "SCMP_CMP_EQ"}});
  EXPECT_EQ(under(filter, [](const Fd&) { return errno_of(syscall(SYS_getpriority, 0, 7)); }).code, 42);
  EXPECT_NE(under(filter, [](const Fd&) { return errno_of(syscall(SYS_getpriority, 1, 7)); }).code, 42);
}

TEST(Seccomp, TakesConditionsOnOneArgumentAsAlternatives) {
  auto filter = refuse({"getpriority"}, 42, {{1, 7, 0, "SCMP_CMP_EQ"}, {1, 9, 0, "SCMP_CMP_EQ"}});
  EXPECT_EQ(under(filter, [](const Fd&) { return probe(7); }).code, 42);
  EXPECT_EQ(under(filter, [](const Fd&) { return probe(9); }).code, 42);
  EXPECT_NE(under(filter, [](const Fd&) { return probe(8); }).code, 42);
}

TEST(Seccomp, KeepsToTheRulesWhenItSearchesByNumber) {
  auto filter = refuse({"getpid", "getppid", "gettid", "getuid", "geteuid", "getgid", "getegid", "getpgid", "getsid",
                        "uname", "sync", "times", "umask", "vhangup", "acct", "swapon", "swapoff", "reboot"},
                       42);
  for (long number : {SYS_getpid, SYS_getppid, SYS_gettid, SYS_uname, SYS_umask, SYS_reboot})
    EXPECT_EQ(under(filter, [&](const Fd&) { return errno_of(syscall(number, 0)); }).code, 42) << number;
  EXPECT_EQ(under(filter, [](const Fd&) { return errno_of(syscall(SYS_sched_yield)); }).code, 0);
}

TEST(Seccomp, SkipsACallThatDoesNotExist) {
  auto filter = refuse({"no_such_call", "getpid"}, 42);
  EXPECT_EQ(under(filter, [](const Fd&) { return errno_of(syscall(SYS_getpid)); }).code, 42);
}

TEST(Seccomp, TakesArchitectures) {
  auto filter = refuse({"getpid"}, 42);
#if defined(__x86_64__)
  filter.architectures = {"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"};
#elif defined(__aarch64__)
  filter.architectures = {"SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"};
#endif
  EXPECT_EQ(under(filter, [](const Fd&) { return errno_of(syscall(SYS_getpid)); }).code, 42);
  EXPECT_GT(compile_seccomp(filter)->size(), compile_seccomp(refuse({"getpid"}, 42))->size());
}

TEST(Seccomp, GivesTheSameBytesForTheSameFilter) {
  auto filter = refuse({"mount", "getpid", "umount2"}, 42, {{0, 1, 0, "SCMP_CMP_GT"}});
  EXPECT_EQ(*compile_seccomp(filter), *compile_seccomp(filter));
}

TEST(Seccomp, GivesAListenerWhenARuleNotifies) {
  SeccompFilter filter;
  filter.rules.push_back({{"getpid"}, "SCMP_ACT_NOTIFY", {}, {}});
  filter.flags = {"SECCOMP_FILTER_FLAG_TSYNC"};
  EXPECT_EQ(under(filter, [](const Fd& listener) { return listener.valid() ? 7 : 8; }).code, 7);
  EXPECT_EQ(under(refuse({"getpid"}, 1), [](const Fd& listener) { return listener.valid() ? 7 : 8; }).code, 8);
}

TEST(Seccomp, KnowsTheFlagsOfTheSpec) {
  SeccompFilter filter;
  filter.flags = {"SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW"};
  EXPECT_EQ(*seccomp_flags(filter),
            SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_SPEC_ALLOW);
  EXPECT_EQ(under(filter, [](const Fd&) { return 7; }).code, 7);
}

TEST(Seccomp, WaitsKillablyOnlyWhereThereIsAListener) {
  SeccompFilter filter;
  filter.flags = {"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"};
  EXPECT_EQ(*seccomp_flags(filter), 0u);
  filter.rules.push_back({{"getpid"}, "SCMP_ACT_NOTIFY", {}, {}});
  EXPECT_EQ(*seccomp_flags(filter), SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV | SECCOMP_FILTER_FLAG_NEW_LISTENER);
}

TEST(Seccomp, NamesTheWordThatItDoesNotKnow) {
  auto message = [](SeccompFilter filter) {
    auto program = compile_seccomp(filter);
    return program ? "" : program.error().message();
  };
  EXPECT_NE(message({.default_action = "SCMP_ACT_JUMP"}).find("'SCMP_ACT_JUMP'"), std::string::npos);
  EXPECT_NE(message({.architectures = {"SCMP_ARCH_VAX"}}).find("'SCMP_ARCH_VAX'"), std::string::npos);
  EXPECT_NE(message({.flags = {"NO_FLAG"}}).find("'NO_FLAG'"), std::string::npos);
  EXPECT_NE(message(refuse({"getpid"}, 1, {{0, 1, 0, "SCMP_CMP_IS"}})).find("'SCMP_CMP_IS'"), std::string::npos);
  EXPECT_NE(message(refuse({"getpid"}, 1, {{6, 1, 0, "SCMP_CMP_EQ"}})).find("argument 6"), std::string::npos);
  EXPECT_NE(message(refuse({"getpid"}, 70000)).find("70000"), std::string::npos);
}

TEST(Seccomp, RefusesToLoadBytesThatAreNoProgram) {
  EXPECT_EQ(load_seccomp("", 0).error().code(), Code::corrupt);
  EXPECT_EQ(load_seccomp("1234567", 0).error().code(), Code::corrupt);
  EXPECT_EQ(load_seccomp(std::string(8 * 5000, '\0'), 0).error().code(), Code::corrupt);
}

}  // namespace
