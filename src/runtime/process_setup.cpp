#include "runtime/process_setup.hpp"

#include "base/file.hpp"
#include "base/subprocess.hpp"
#include "linux/memory_file.hpp"
#include "linux/seccomp.hpp"
#include "runtime/channel.hpp"
#include "runtime/command_lookup.hpp"
#include "wire/init.hpp"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <csignal>

namespace gantry::runtime {

namespace {

Result<> set_limits(const ProcessSetup& setup) {
  for (const auto& limit : setup.limits)
    if (setrlimit(static_cast<__rlimit_resource>(limit.resource), &limit.value) < 0)
      return std::move(Error::system("raise limit {} to {}", limit.resource, limit.value.rlim_max))
          .with_cure("the host's hard limit is lower; ask for less");
  return {};
}

/// The caller's session keyring must not be seen inside.
Result<> join_new_keyring(const ProcessSetup& setup) {
  if (!setup.new_session_keyring) return {};
  if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr) < 0 && errno != ENOSYS)
    return Error::system("make a session keyring");
  return {};
}

bool has_listener(const ProcessSetup& setup) { return (setup.seccomp->flags & SECCOMP_FILTER_FLAG_NEW_LISTENER) != 0; }

/// When the seccomp filter is loaded.
enum class FilterTurn {
  none,     ///< there is no filter
  early,    ///< before the capabilities go; it must allow what follows
  late,     ///< just before gantry-init
  by_init,  ///< at the very end
};

/// seccomp(2) wants no_new_privs or CAP_SYS_ADMIN: a process that keeps one of them can wait. A listener goes out while
/// the container is made, for an agent that is there then.
FilterTurn turn_of_filter(const ProcessSetup& setup) {
  if (!setup.seccomp) return FilterTurn::none;
  const auto& own = setup.capabilities;
  bool may_wait = setup.process.no_new_privileges ||
                  (own && (own->effective & linux::capability_bit(CAP_SYS_ADMIN)) != 0 && setup.process.user.uid == 0);
  if (!may_wait) return FilterTurn::early;
  return has_listener(setup) ? FilterTurn::late : FilterTurn::by_init;
}

Result<> load_filter(const ProcessSetup& setup, const Fd& report) {
  const CompiledSeccomp& filter = *setup.seccomp;
  if (has_listener(setup))
    return linux::load_seccomp_with_listener(filter.program, filter.flags,
                                             [&](const Fd& listener) { return send_listener(report, listener); });
  TRY(linux::load_seccomp(filter.program, filter.flags));
  return {};
}

bool setgroups_is_denied() {
  auto policy = read_file("/proc/self/setgroups");
  return policy && policy->starts_with("deny");
}

Result<> switch_user(const ProcessSetup& setup) {
  const oci::User& user = setup.process.user;
  prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
  const auto& groups = user.additional_gids;
  if (!setup.keep_original_groups && setgroups(groups.size(), groups.data()) < 0) {
    int problem = errno;
    // A user namespace of one id cannot change groups; with none asked for, there is nothing lost.
    if (problem != EPERM || !groups.empty() || !setgroups_is_denied())
      return Error::from_errno(problem, "set the supplementary groups");
  }
  auto cure = "map it with more subordinate ids, or use another user";
  if (setresgid(user.gid, user.gid, user.gid) < 0)
    return std::move(Error::system("become group {}", user.gid)).with_cure(cure);
  if (setresuid(user.uid, user.uid, user.uid) < 0)
    return std::move(Error::system("become user {}", user.uid)).with_cure(cure);
  return {};
}

/// While we are privileged, and before a filter may forbid the system calls.
Result<> restrict_files(const ProcessSetup& setup) {
  if (!setup.landlock) return {};
  return with_context(linux::restrict_to(*setup.landlock), "/annotations/run.gantry.landlock");
}

Result<> apply_capabilities(const ProcessSetup& setup) {
  if (!setup.capabilities) return {};
  return linux::set_capabilities(*setup.capabilities);
}

Result<> forbid_new_privileges(const ProcessSetup& setup) {
  if (setup.process.no_new_privileges && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
    return Error::system("set no_new_privs");
  return {};
}

/// Whether it worked. The caller's privileges decide: tried as root first and as the user then.
Result<bool> enter_cwd(const ProcessSetup& setup) {
  const std::string& cwd = setup.process.cwd;
  if (chdir(cwd.c_str()) < 0) {
    if (errno == EACCES) return false;
    return Error::system("enter working directory {}", cwd);
  }
  // A folder outside the root, reached through a leaked descriptor, has no path inside it (CVE-2024-21626).
  char buffer[PATH_MAX];
  if (syscall(SYS_getcwd, buffer, sizeof buffer) < 0 || buffer[0] != '/')
    return fail(Code::denied, "working directory {} is outside the container's root", cwd);
  return true;
}

/// gantry-init belongs to the container, and is not yet confined by the filter: one capability that nobody inside has
/// keeps them from tracing it and from its descriptors (CVE-2016-9962).
Result<> guard_init(ProcessSetup& setup) {
  constexpr auto kGuard = linux::capability_bit(CAP_SYS_PTRACE);
  if (!setup.capabilities) return {};
  auto& sets = *setup.capabilities;
  const auto own = sets.bounding | sets.effective | sets.permitted | sets.inheritable | sets.ambient;
  if ((own & kGuard) != 0 || (TRY(linux::permitted_capabilities()) & kGuard) == 0) return {};
  TRY(linux::add_inheritable(kGuard));
  // Through the exec, as root or not.
  for (auto* set : {&sets.effective, &sets.permitted, &sets.inheritable, &sets.ambient}) *set |= kGuard;
  setup.guarded = true;
  return {};
}

/// After the fork from a program with handlers and ignored signals of its own.
void reset_signals() {
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

Result<Fd> make_order(const ProcessSetup& setup, const Fd& report) {
  wire::InitOrder order;
  if (setup.start_listener.valid()) {
    order.flags |= wire::kInitWait;
    order.start_fd = setup.start_listener.get();
  }
  if (setup.reap) order.flags |= wire::kInitReap;
  if (setup.guarded) order.flags |= wire::kInitGuarded;
  order.report_fd = report.get();
  std::string data(reinterpret_cast<const char*>(&order), sizeof order);
  if (turn_of_filter(setup) == FilterTurn::by_init) {
    order.filter_length = static_cast<std::uint32_t>(setup.seccomp->program.size() / sizeof(sock_filter));
    order.filter_flags = setup.seccomp->flags;
    data.assign(reinterpret_cast<const char*>(&order), sizeof order);
    data += setup.seccomp->program;
  }
  return linux::make_memory_file("order", data);
}

/// Only 0, 1, 2, the preserved ones and what gantry-init needs outlive the exec.
Result<> close_the_rest(const ProcessSetup& setup, const Fd& order, const Fd& report) {
  unsigned first = 3 + static_cast<unsigned>(setup.handles.preserve_fds);
  if (close_range(first, ~0u, CLOSE_RANGE_CLOEXEC) < 0) return Error::system("mark descriptors to be closed");
  for (int fd : {order.get(), report.get(), setup.start_listener.get()})
    if (fd >= 0) TRY(set_close_on_exec(fd, false));
  return {};
}

Result<> execute_init(ProcessSetup& setup, const Fd& order, const std::string& program) {
  std::vector<std::string> words{"gantry-init", fmt::format("{}", order.get()), program};
  words.insert(words.end(), setup.process.args.begin(), setup.process.args.end());
  auto argv = pointers(words), environment = pointers(setup.process.env);
  syscall(SYS_execveat, setup.init_program.get(), "", argv.data(), environment.data(), AT_EMPTY_PATH);
  return Error::system("execute gantry-init");
}

Result<> carry_out(ProcessSetup& setup, const Fd& report) {
  const FilterTurn turn = turn_of_filter(setup);
  TRY(set_limits(setup));
  TRY(join_new_keyring(setup));
  TRY(apply_scheduling(setup.scheduling));
  TRY(add_home(setup.process));
  TRY(guard_init(setup));
  Fd order = TRY(make_order(setup, report));
  reset_signals();
  if (setup.process.user.umask) umask(*setup.process.user.umask);
  bool inside = TRY(enter_cwd(setup));
  if (setup.capabilities) TRY(linux::drop_bounding(setup.capabilities->bounding));
  TRY(apply_labels(setup.labels));
  TRY(restrict_files(setup));
  if (turn == FilterTurn::early) TRY(load_filter(setup, report));
  TRY(switch_user(setup));
  TRY(apply_capabilities(setup));
  TRY(forbid_new_privileges(setup));
  if (!inside && !TRY(enter_cwd(setup)))
    return fail(Code::denied, "user {} may not enter working directory {}", setup.process.user.uid, setup.process.cwd);
  std::string program = TRY(find_command(setup.process));
  TRY(close_the_rest(setup, order, report));
  if (turn == FilterTurn::late) TRY(load_filter(setup, report));
  return execute_init(setup, order, program);
}

}  // namespace

Result<> become_namespace_root(bool keep_groups) {
  if (!keep_groups && setgroups(0, nullptr) < 0 && !(errno == EPERM && setgroups_is_denied()))
    return Error::system("drop the groups from outside");
  if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0) return Error::system("become root of the user namespace");
  return {};
}

Result<> set_oom_score(const oci::Process& process) {
  if (!process.oom_score_adj) return {};
  auto written = write_value("/proc/self/oom_score_adj", fmt::format("{}", *process.oom_score_adj));
  if (written) return {};
  return std::move(written.error()).with_cure("lowering it takes CAP_SYS_RESOURCE; ask for a higher value");
}

Error become_process(ProcessSetup& setup, const Fd& report) { return std::move(carry_out(setup, report).error()); }

}  // namespace gantry::runtime
