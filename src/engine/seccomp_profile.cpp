#include "engine/seccomp_profile.hpp"

#include "base/text.hpp"

#include <linux/capability.h>
#include <sched.h>
#include <sys/socket.h>

#include <cerrno>

namespace gantry::engine {

namespace {

using linux::CapabilityMask;
using oci::SeccompAction;
using oci::SeccompArg;
using oci::SeccompOperator;

/// Always allowed: the kernel's own checks suffice. The names of all architectures; those of others are skipped.
constexpr std::string_view kAllowed[] = {
    // Files and folders
    "access chdir chmod chown chown32 close close_range copy_file_range creat dup dup2 dup3 faccessat faccessat2 "
    "fadvise64 fadvise64_64 arm_fadvise64_64 fallocate fchdir fchmod fchmodat fchmodat2 fchown fchown32 fchownat fcntl "
    "fcntl64 fdatasync flock fstat fstat64 fstatat64 fstatfs fstatfs64 fsync ftruncate ftruncate64 futimesat getcwd "
    "getdents getdents64 lchown lchown32 link linkat lseek _llseek lstat lstat64 mkdir mkdirat mknod mknodat "
    "name_to_handle_at newfstatat open openat openat2 pivot_root readahead readdir readlink readlinkat rename renameat "
    "renameat2 rmdir stat stat64 statfs statfs64 statx symlink symlinkat sync sync_file_range sync_file_range2 "
    "arm_sync_file_range syncfs truncate truncate64 umask unlink unlinkat utime utimensat utimensat_time64 utimes "
    "cachestat",
    "fgetxattr flistxattr fremovexattr fsetxattr getxattr lgetxattr listxattr llistxattr lremovexattr lsetxattr "
    "removexattr setxattr getxattrat setxattrat listxattrat removexattrat",
    "fanotify_mark inotify_add_watch inotify_init inotify_init1 inotify_rm_watch",
    // Reading, writing, waiting for descriptors
    "read readv pread64 preadv preadv2 write writev pwrite64 pwritev pwritev2 sendfile sendfile64 splice tee ioctl "
    "pipe "
    "pipe2 eventfd eventfd2 io_cancel io_destroy io_getevents io_setup io_submit",
    "epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old poll ppoll "
    "ppoll_time64 select _newselect pselect6 pselect6_time64",
    // Memory
    "brk madvise mbind get_mempolicy set_mempolicy set_mempolicy_home_node membarrier memfd_create memfd_secret "
    "mincore "
    "mlock mlock2 mlockall mmap mmap2 mprotect mremap mseal msync munlock munlockall munmap pkey_alloc pkey_free "
    "pkey_mprotect remap_file_pages map_shadow_stack cacheflush",
    // Processes, threads, users
    "execve execveat exit exit_group fork vfork getpgid getpgrp getpid getppid getsid gettid setpgid setsid wait4 "
    "waitid "
    "waitpid pidfd_open pidfd_send_signal process_mrelease process_vm_readv process_vm_writev ptrace prctl arch_prctl "
    "modify_ldt set_thread_area get_thread_area set_tls set_tid_address rseq restart_syscall breakpoint syscall",
    "capget capset getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups getgroups32 getresgid getresgid32 "
    "getresuid getresuid32 getuid getuid32 setfsgid setfsgid32 setfsuid setfsuid32 setgid setgid32 setgroups "
    "setgroups32 "
    "setregid setregid32 setresgid setresgid32 setresuid setresuid32 setreuid setreuid32 setuid setuid32",
    "futex futex_time64 futex_waitv futex_wait futex_wake futex_requeue get_robust_list set_robust_list",
    "getpriority setpriority ioprio_get ioprio_set getcpu getrlimit ugetrlimit setrlimit prlimit64 getrusage "
    "sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam sched_getscheduler "
    "sched_rr_get_interval sched_rr_get_interval_time64 sched_setaffinity sched_setattr sched_setparam "
    "sched_setscheduler sched_yield",
    "landlock_add_rule landlock_create_ruleset landlock_restrict_self seccomp",
    "getrandom sysinfo uname",
    // Signals
    "kill tgkill tkill pause rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend "
    "rt_sigtimedwait rt_sigtimedwait_time64 rt_tgsigqueueinfo sigaction sigaltstack signal signalfd signalfd4 "
    "sigpending "
    "sigprocmask sigreturn sigsuspend",
    // Time
    "adjtimex alarm clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime clock_gettime64 "
    "clock_nanosleep clock_nanosleep_time64 getitimer gettimeofday nanosleep setitimer time times timer_create "
    "timer_delete timer_getoverrun timer_gettime timer_gettime64 timer_settime timer_settime64 timerfd timerfd_create "
    "timerfd_gettime timerfd_gettime64 timerfd_settime timerfd_settime64",
    // Sockets and System V
    "accept accept4 bind connect getpeername getsockname getsockopt listen recv recvfrom recvmmsg recvmmsg_time64 "
    "recvmsg send sendmmsg sendmsg sendto setsockopt shutdown socketcall socketpair",
    "ipc mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 "
    "mq_unlink msgctl msgget msgrcv msgsnd semctl semget semop semtimedop semtimedop_time64 shmat shmctl shmdt shmget",
};

/// Refused to everybody: obsolete, about the whole machine, or a large attack surface.
constexpr std::string_view kRefused =
    "add_key request_key keyctl bdflush io_pgetevents io_uring_setup io_uring_enter io_uring_register kexec_file_load "
    "kexec_load migrate_pages move_pages nfsservctl nice oldfstat oldlstat oldolduname oldstat olduname "
    "pciconfig_iobase "
    "pciconfig_read pciconfig_write sgetmask ssetmask swapcontext swapoff swapon sysfs uselib userfaultfd ustat vm86 "
    "vm86old vmsplice _sysctl get_kernel_syms";

constexpr CapabilityMask bit(unsigned capability) { return linux::capability_bit(capability); }

/// Allowed with any of the capabilities, else EPERM.
struct Privileged {
  CapabilityMask any_of;
  std::string_view names;
};
constexpr Privileged kPrivileged[] = {
    {bit(CAP_SYS_ADMIN),
     "fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie mount mount_setattr move_mount open_tree quotactl "
     "quotactl_fd setdomainname sethostname setns umount umount2 unshare listmount statmount"},
    {bit(CAP_SYS_ADMIN) | bit(CAP_BPF), "bpf"},
    {bit(CAP_SYS_ADMIN) | bit(CAP_PERFMON), "perf_event_open"},
    {bit(CAP_SYS_ADMIN) | bit(CAP_SYSLOG), "syslog"},
    {bit(CAP_DAC_READ_SEARCH), "open_by_handle_at"},
    {bit(CAP_SYS_BOOT), "reboot"},
    {bit(CAP_SYS_CHROOT), "chroot"},
    {bit(CAP_SYS_MODULE), "delete_module finit_module init_module query_module create_module"},
    {bit(CAP_SYS_PACCT), "acct"},
    {bit(CAP_SYS_PTRACE), "kcmp pidfd_getfd process_madvise"},
    {bit(CAP_SYS_RAWIO), "ioperm iopl"},
    {bit(CAP_SYS_TIME), "clock_settime clock_settime64 settimeofday stime"},
    {bit(CAP_SYS_TTY_CONFIG), "vhangup"},
};

using Rules = std::vector<oci::SeccompSyscalls>;

void allow(Rules& rules, std::string_view names, std::vector<SeccompArg> args = {}) {
  rules.push_back({split(names, ' '), SeccompAction::allow, {}, std::move(args)});
}
void refuse(Rules& rules, std::string_view names, int error, std::vector<SeccompArg> args = {}) {
  rules.push_back({split(names, ' '), SeccompAction::errno_, error, std::move(args)});
}

SeccompArg masked(unsigned index, std::uint64_t mask, std::uint64_t value) {
  return {index, mask, value, SeccompOperator::masked_eq};
}

/// The argument is the C int `value`, or one of the `span` (a power of two) from there on. The kernel looks at the
/// lower half of the register only, and so must the filter: "not equal 40" would let 40 with any bit of the upper half
/// pass.
SeccompArg is_int(unsigned index, std::uint32_t value, std::uint32_t span = 1) {
  return masked(index, ~(span - 1), value);
}

/// New namespaces take CAP_SYS_ADMIN: a user namespace opens up much of the kernel that a container does not need.
void add_clone(Rules& rules, bool admin) {
  if (admin) return allow(rules, "clone clone3");
  constexpr std::uint64_t kNamespaces[] = {CLONE_NEWNS,   CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
                                           CLONE_NEWUSER, CLONE_NEWPID,    CLONE_NEWNET};
  std::uint64_t all = 0;
  for (auto flag : kNamespaces) {
    refuse(rules, "clone", EPERM, {masked(0, flag, flag)});
    all |= flag;
  }
  allow(rules, "clone", {masked(0, all, 0)});
  // The flags of clone3 are in memory, where no filter sees them: libc falls back to clone.
  refuse(rules, "clone3", ENOSYS);
}

/// The Linux and 32-bit personalities, without and with randomized addresses, and the question for the current one.
void add_personality(Rules& rules) {
  for (std::uint64_t value : {0x0u, 0x8u, 0x20000u, 0x20008u, 0xffffffffu})
    allow(rules, "personality", {{0, value, 0, SeccompOperator::eq}});
}

/// All families but AF_VSOCK, which reaches the host of a virtual machine; of netlink, the audit protocol only with its
/// capability: EINVAL makes login programs carry on without audit.
void add_socket(Rules& rules, bool audit) {
  static_assert(AF_NETLINK == 16 && AF_VSOCK == 40 && AF_MAX <= 48);
  constexpr unsigned kAudit = 9;
  refuse(rules, "socket", EPERM, {is_int(0, AF_VSOCK)});
  for (auto [first, span] :
       {std::pair{0u, 16u}, {17u, 1u}, {18u, 2u}, {20u, 4u}, {24u, 8u}, {32u, 8u}, {41u, 1u}, {42u, 2u}, {44u, 4u}})
    allow(rules, "socket", {is_int(0, first, span)});
  if (audit) return allow(rules, "socket", {is_int(0, AF_NETLINK)});
  refuse(rules, "socket", EINVAL, {is_int(0, AF_NETLINK), is_int(2, kAudit)});
  for (auto [first, span] : {std::pair{0u, 8u}, {8u, 1u}, {10u, 2u}, {12u, 4u}, {16u, 16u}})
    allow(rules, "socket", {is_int(0, AF_NETLINK), is_int(2, first, span)});
}

}  // namespace

oci::Seccomp default_seccomp(CapabilityMask capabilities) {
  oci::Seccomp profile;
  profile.default_action = SeccompAction::errno_;
  profile.default_errno_ret = ENOSYS;
#if defined(__x86_64__)
  profile.architectures = {oci::SeccompArch::x86_64, oci::SeccompArch::x86, oci::SeccompArch::x32};
#elif defined(__aarch64__)
  profile.architectures = {oci::SeccompArch::aarch64, oci::SeccompArch::arm};
#endif
  Rules& rules = profile.syscalls;
  for (std::string_view names : kAllowed) allow(rules, names);
  refuse(rules, kRefused, EPERM);
  for (const auto& row : kPrivileged) {
    if (capabilities & row.any_of) allow(rules, row.names);
    else refuse(rules, row.names, EPERM);
  }
  add_clone(rules, capabilities & bit(CAP_SYS_ADMIN));
  add_personality(rules);
  add_socket(rules, capabilities & bit(CAP_AUDIT_WRITE));
  return profile;
}

}  // namespace gantry::engine
