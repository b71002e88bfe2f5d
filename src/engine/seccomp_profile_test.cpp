#include "engine/seccomp_profile.hpp"

#include "base/json_name.hpp"
#include "base/subprocess.hpp"
#include "linux/seccomp.hpp"

#include <linux/capability.h>
#include <sched.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <set>

#include <gtest/gtest.h>

using namespace gantry;
using namespace gantry::engine;
using linux::capability_bit;

namespace {

std::string compiled(const oci::Seccomp& profile) {
  linux::SeccompFilter filter{.default_action = json::enum_name(profile.default_action),
                              .default_errno = profile.default_errno_ret};
  for (auto arch : profile.architectures) filter.architectures.emplace_back(json::enum_name(arch));
  for (const auto& group : profile.syscalls) {
    linux::SeccompRule rule{group.names, json::enum_name(group.action), group.errno_ret, {}};
    for (const auto& arg : group.args)
      rule.args.push_back({arg.index, arg.value, arg.value_two, json::enum_name(arg.op)});
    filter.rules.push_back(std::move(rule));
  }
  auto program = linux::compile_seccomp(filter);
  EXPECT_TRUE(program) << program.error().message();
  return program.value_or("");
}

/// The errno (0: none) that a system call gets under the profile.
int under(linux::CapabilityMask capabilities, long number, long a = 0, long b = 0, long c = 0) {
  std::string program = compiled(default_seccomp(capabilities));
  pid_t pid = fork();
  if (pid == 0) {
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (!linux::load_seccomp(program, 0)) _exit(255);
    long returned = syscall(number, a, b, c, 0, 0);
    if (number == SYS_clone && returned == 0) _exit(0);
    _exit(returned < 0 ? errno : 0);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  return exit_status_of_wait(status).code;
}

TEST(SeccompProfile, LetsOrdinaryCallsThrough) {
  for (long number : {SYS_getpid, SYS_getuid, SYS_sched_yield, SYS_getppid}) EXPECT_EQ(under(0, number), 0) << number;
  EXPECT_EQ(under(0, SYS_openat, -1, 0), EFAULT);
}

TEST(SeccompProfile, NamesEachCallInOneGroupOnly) {
  std::set<std::string> seen;
  for (const auto& group : default_seccomp(0).syscalls) {
    if (!group.args.empty()) continue;
    for (const auto& name : group.names) {
      EXPECT_NE(name, "");
      EXPECT_TRUE(seen.insert(name).second) << name;
    }
  }
  EXPECT_GT(seen.size(), 350u);
}

TEST(SeccompProfile, RefusesPrivilegedCallsWithoutTheirCapability) {
  struct Case {
    long number;
    unsigned capability;
  };
  // With null arguments each fails in some other way than EPERM when it gets through to a kernel that has it.
  for (auto [number, capability] : {Case{SYS_mount, CAP_SYS_ADMIN},
                                    {SYS_setns, CAP_SYS_ADMIN},
                                    {SYS_chroot, CAP_SYS_CHROOT},
                                    {SYS_process_madvise, CAP_SYS_PTRACE}}) {
    EXPECT_EQ(under(0, number, -1, -1), EPERM) << number;
    EXPECT_NE(under(capability_bit(capability), number, -1, -1), EPERM) << number;
  }
  EXPECT_EQ(under(~0ull, SYS_kexec_load), EPERM);
  EXPECT_EQ(under(~0ull, SYS_keyctl), EPERM);
}

TEST(SeccompProfile, TakesAnyOfSeveralCapabilities) {
  EXPECT_EQ(under(0, SYS_bpf, -1), EPERM);
  EXPECT_EQ(under(capability_bit(CAP_BPF), SYS_bpf, -1), under(capability_bit(CAP_SYS_ADMIN), SYS_bpf, -1));
}

TEST(SeccompProfile, AnswersNewCallsWithEnosys) { EXPECT_EQ(under(~0ull, 9999), ENOSYS); }

TEST(SeccompProfile, LetsProcessesForkButNotMakeNamespaces) {
  EXPECT_EQ(under(0, SYS_clone, SIGCHLD), 0);
  for (long flag : {CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWNET, CLONE_NEWUSER | CLONE_NEWPID})
    EXPECT_EQ(under(0, SYS_clone, flag | SIGCHLD), EPERM) << flag;
  EXPECT_EQ(under(0, SYS_unshare, CLONE_NEWUSER), EPERM);
  EXPECT_EQ(under(0, SYS_clone3), ENOSYS);
  EXPECT_EQ(under(capability_bit(CAP_SYS_ADMIN), SYS_clone3), EINVAL);
  EXPECT_EQ(under(capability_bit(CAP_SYS_ADMIN), SYS_unshare, 0), 0);
}

TEST(SeccompProfile, AllowsTheUsualPersonalities) {
  EXPECT_EQ(under(0, SYS_personality, 0xffffffff), 0);
  EXPECT_EQ(under(0, SYS_personality, PER_LINUX32), 0);
  EXPECT_EQ(under(0, SYS_personality, READ_IMPLIES_EXEC), ENOSYS);
}

TEST(SeccompProfile, RefusesVsockAlsoWithBitsAboveTheInt) {
  constexpr long kUpper = 1l << 32;
  EXPECT_EQ(under(~0ull, SYS_socket, AF_VSOCK, SOCK_STREAM, 0), EPERM);
  EXPECT_EQ(under(~0ull, SYS_socket, AF_VSOCK | kUpper, SOCK_STREAM, 0), EPERM);
  for (long family = 0; family < AF_MAX; ++family) {
    if (family == AF_VSOCK) continue;
    EXPECT_EQ(under(0, SYS_socket, family, -1, 0), EINVAL) << family;
  }
}

TEST(SeccompProfile, KeepsTheAuditSocketToThoseWhoMayAudit) {
  constexpr long kAudit = 9, kRoute = 0, kKobject = 15;
  EXPECT_EQ(under(0, SYS_socket, AF_NETLINK, SOCK_RAW, kAudit), EINVAL);
  EXPECT_EQ(under(0, SYS_socket, AF_NETLINK, SOCK_RAW, kAudit | 1l << 32), EINVAL);
  EXPECT_EQ(under(0, SYS_socket, AF_NETLINK, SOCK_RAW, kRoute), 0);
  EXPECT_EQ(under(0, SYS_socket, AF_NETLINK, SOCK_RAW, kKobject), 0);
  EXPECT_NE(under(capability_bit(CAP_AUDIT_WRITE), SYS_socket, AF_NETLINK, SOCK_RAW, kAudit), EINVAL);
}

}  // namespace
