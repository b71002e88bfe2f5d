#include "linux/seccomp.hpp"

#include "base/file.hpp"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <memory>
#include <span>

namespace gantry::linux {

namespace {

struct Word {
  std::string_view name;
  std::uint32_t value;
};

constexpr std::array kActions{
    Word{"SCMP_ACT_KILL", SCMP_ACT_KILL_THREAD},
    Word{"SCMP_ACT_KILL_THREAD", SCMP_ACT_KILL_THREAD},
    Word{"SCMP_ACT_KILL_PROCESS", SCMP_ACT_KILL_PROCESS},
    Word{"SCMP_ACT_TRAP", SCMP_ACT_TRAP},
    Word{"SCMP_ACT_ERRNO", SCMP_ACT_ERRNO(0)},
    Word{"SCMP_ACT_TRACE", SCMP_ACT_TRACE(0)},
    Word{"SCMP_ACT_LOG", SCMP_ACT_LOG},
    Word{"SCMP_ACT_ALLOW", SCMP_ACT_ALLOW},
    Word{"SCMP_ACT_NOTIFY", SCMP_ACT_NOTIFY},
};

constexpr std::array kOperators{
    Word{"SCMP_CMP_NE", SCMP_CMP_NE},
    Word{"SCMP_CMP_LT", SCMP_CMP_LT},
    Word{"SCMP_CMP_LE", SCMP_CMP_LE},
    Word{"SCMP_CMP_EQ", SCMP_CMP_EQ},
    Word{"SCMP_CMP_GE", SCMP_CMP_GE},
    Word{"SCMP_CMP_GT", SCMP_CMP_GT},
    Word{"SCMP_CMP_MASKED_EQ", SCMP_CMP_MASKED_EQ},
};

constexpr std::array kArchitectures{
    Word{"SCMP_ARCH_NATIVE", SCMP_ARCH_NATIVE},
    Word{"SCMP_ARCH_X86", SCMP_ARCH_X86},
    Word{"SCMP_ARCH_X86_64", SCMP_ARCH_X86_64},
    Word{"SCMP_ARCH_X32", SCMP_ARCH_X32},
    Word{"SCMP_ARCH_ARM", SCMP_ARCH_ARM},
    Word{"SCMP_ARCH_AARCH64", SCMP_ARCH_AARCH64},
    Word{"SCMP_ARCH_MIPS", SCMP_ARCH_MIPS},
    Word{"SCMP_ARCH_MIPS64", SCMP_ARCH_MIPS64},
    Word{"SCMP_ARCH_MIPS64N32", SCMP_ARCH_MIPS64N32},
    Word{"SCMP_ARCH_MIPSEL", SCMP_ARCH_MIPSEL},
    Word{"SCMP_ARCH_MIPSEL64", SCMP_ARCH_MIPSEL64},
    Word{"SCMP_ARCH_MIPSEL64N32", SCMP_ARCH_MIPSEL64N32},
    Word{"SCMP_ARCH_PPC", SCMP_ARCH_PPC},
    Word{"SCMP_ARCH_PPC64", SCMP_ARCH_PPC64},
    Word{"SCMP_ARCH_PPC64LE", SCMP_ARCH_PPC64LE},
    Word{"SCMP_ARCH_S390", SCMP_ARCH_S390},
    Word{"SCMP_ARCH_S390X", SCMP_ARCH_S390X},
    Word{"SCMP_ARCH_PARISC", SCMP_ARCH_PARISC},
    Word{"SCMP_ARCH_PARISC64", SCMP_ARCH_PARISC64},
    Word{"SCMP_ARCH_RISCV64", SCMP_ARCH_RISCV64},
};

constexpr std::array kFlags{
    Word{"SECCOMP_FILTER_FLAG_TSYNC", SECCOMP_FILTER_FLAG_TSYNC},
    Word{"SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG},
    Word{"SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW},
    Word{"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV},
};

Result<std::uint32_t> look_up(std::span<const Word> words, std::string_view name, std::string_view kind) {
  for (const Word& word : words)
    if (word.name == name) return word.value;
  return fail(Code::invalid, "seccomp {} '{}' is not known", kind, name);
}

Result<std::uint32_t> action_of(std::string_view name, std::optional<unsigned> errno_ret) {
  std::uint32_t action = TRY(look_up(kActions, name, "action"));
  if (action != SCMP_ACT_ERRNO(0) && action != SCMP_ACT_TRACE(0)) return action;
  unsigned data = errno_ret.value_or(EPERM);
  if (data > 0xffff) return fail(Code::invalid, "the errno {} of seccomp action {} is above 65535", data, name);
  return action | data;
}

struct Release {
  void operator()(scmp_filter_ctx context) const { seccomp_release(context); }
};
using Context = std::unique_ptr<void, Release>;

Result<> check(int returned, std::string_view doing) {
  if (returned == 0) return {};
  return Error::from_errno(-returned, fmt::format("seccomp filter: {}", doing));
}

Result<> add_architectures(const Context& context, const std::vector<std::string>& names) {
  for (const auto& name : names) {
    std::uint32_t architecture = TRY(look_up(kArchitectures, name, "architecture"));
    int added = seccomp_arch_add(context.get(), architecture);
    if (added == -EEXIST) continue;
    TRY(check(added, fmt::format("add architecture {}", name)));
  }
  return {};
}

Result<std::vector<scmp_arg_cmp>> conditions_of(const SeccompRule& rule) {
  std::vector<scmp_arg_cmp> conditions;
  for (const auto& arg : rule.args) {
    if (arg.index > 5) return fail(Code::invalid, "a system call has no argument {}: the last one is 5", arg.index);
    auto op = static_cast<scmp_compare>(TRY(look_up(kOperators, arg.op, "operator")));
    conditions.push_back({arg.index, op, arg.value, arg.value_two});
  }
  return conditions;
}

bool repeats_an_argument(const std::vector<scmp_arg_cmp>& conditions) {
  unsigned seen = 0;
  for (const auto& condition : conditions) {
    if (seen & 1u << condition.arg) return true;
    seen |= 1u << condition.arg;
  }
  return false;
}

Result<> add_rule(const Context& context, const SeccompRule& rule, std::uint32_t default_action, bool fail_unknown) {
  std::uint32_t action = TRY(action_of(rule.action, rule.errno_ret));
  auto conditions = TRY(conditions_of(rule));
  if (action == default_action) return {};  // libseccomp refuses a rule that changes nothing
  for (const auto& name : rule.names) {
    int number = seccomp_syscall_resolve_name(name.c_str());
    if (number == __NR_SCMP_ERROR && fail_unknown) return fail(Code::invalid, "system call '{}' is not known", name);
    if (number == __NR_SCMP_ERROR) continue;
    auto add = [&](std::span<const scmp_arg_cmp> all_of) {
      int added =
          seccomp_rule_add_array(context.get(), action, number, static_cast<unsigned>(all_of.size()), all_of.data());
      return check(added, fmt::format("add a rule for {}", name));
    };
    // libseccomp takes one condition for each argument; more of them are rules of their own.
    if (!repeats_an_argument(conditions)) TRY(add(conditions));
    else
      for (const auto& condition : conditions) TRY(add({&condition, 1}));
  }
  return {};
}

Result<std::string> export_program(const Context& context) {
  Fd file(memfd_create("seccomp", MFD_CLOEXEC));
  if (!file) return Error::system("seccomp filter: make a memory file");
  TRY(check(seccomp_export_bpf(context.get(), file.get()), "write the program"));
  if (lseek(file.get(), 0, SEEK_SET) < 0) return Error::system("seccomp filter: rewind the memory file");
  return read_all(file, "the seccomp program");
}

/// From here on a binary search by number is faster than asking for one system call after the other.
constexpr std::size_t kManyCalls = 16;

std::vector<std::string> names_of(std::span<const Word> words) {
  std::vector<std::string> names;
  for (const Word& word : words) names.emplace_back(word.name);
  return names;
}

}  // namespace

SeccompWords seccomp_words() {
  return {names_of(kActions), names_of(kOperators), names_of(kArchitectures), names_of(kFlags)};
}

bool kernel_has_seccomp_flag(std::string_view flag) {
  auto value = look_up(kFlags, flag, "flag");
  if (!value) return false;
  unsigned flags = *value;
  // The kernel takes this one only together with a listener.
  if (flags == SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV) flags |= SECCOMP_FILTER_FLAG_NEW_LISTENER;
  // A flag that it knows lets it come as far as the missing program.
  return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, nullptr) < 0 && errno == EFAULT;
}

std::string libseccomp_version() {
  const scmp_version* version = seccomp_version();
  return fmt::format("{}.{}.{}", version->major, version->minor, version->micro);
}

Result<std::string> compile_seccomp(const SeccompFilter& filter) {
  std::uint32_t default_action = TRY(action_of(filter.default_action, filter.default_errno));
  TRY(seccomp_flags(filter));
  Context context(seccomp_init(default_action));
  if (!context) return fail(Code::failed, "seccomp filter: cannot start one with {}", filter.default_action);

  std::size_t calls = 0;
  for (const auto& rule : filter.rules) calls += rule.names.size();
  if (calls >= kManyCalls) TRY(check(seccomp_attr_set(context.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2), "optimise"));

  TRY(add_architectures(context, filter.architectures));
  for (const auto& rule : filter.rules) TRY(add_rule(context, rule, default_action, filter.fail_unknown_syscall));
  return export_program(context);
}

Result<unsigned> seccomp_flags(const SeccompFilter& filter) {
  unsigned flags = 0;
  for (const auto& name : filter.flags) flags |= TRY(look_up(kFlags, name, "flag"));
  bool notifies = filter.default_action == "SCMP_ACT_NOTIFY";
  for (const auto& rule : filter.rules) notifies |= rule.action == "SCMP_ACT_NOTIFY";
  if (notifies) {
    flags |= SECCOMP_FILTER_FLAG_NEW_LISTENER;
    // Both a listener and TSYNC's thread number want the return value.
    if (flags & SECCOMP_FILTER_FLAG_TSYNC) flags |= SECCOMP_FILTER_FLAG_TSYNC_ESRCH;
  } else {
    // The kernel refuses it where there is no receiver to wait for.
    flags &= ~unsigned{SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV};
  }
  return flags;
}

Result<Fd> load_seccomp(std::string_view program, unsigned flags) {
  if (program.empty() || program.size() % sizeof(sock_filter) != 0 ||
      program.size() / sizeof(sock_filter) > BPF_MAXINSNS)
    return fail(Code::corrupt, "{} bytes are no seccomp program", program.size());
  sock_fprog filter{static_cast<unsigned short>(program.size() / sizeof(sock_filter)),
                    reinterpret_cast<sock_filter*>(const_cast<char*>(program.data()))};
  long loaded = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &filter);
  if (loaded < 0) return Error::system("set the seccomp filter");
  if (loaded > 0 && !(flags & SECCOMP_FILTER_FLAG_NEW_LISTENER))
    return fail(Code::failed, "set the seccomp filter: thread {} has another one already", loaded);
  return Fd(flags & SECCOMP_FILTER_FLAG_NEW_LISTENER ? static_cast<int>(loaded) : -1);
}

namespace {

/// Between the thread that loads the filter and the one that stays outside of it. They take turns: the C library does
/// not know of the second one, and both have the same thread-local storage.
struct Handover {
  static constexpr int kPending = -2;
  const std::function<Result<>(const Fd&)>& take;
  std::atomic<int> listener = kPending;  ///< -1: none was made
  std::atomic<bool> done = false;
  Result<> taken;
};

int hand_over(void* argument) {
  auto& handover = *static_cast<Handover*>(argument);
  int fd;
  while ((fd = handover.listener.load()) == Handover::kPending) sched_yield();
  if (fd >= 0) handover.taken = handover.take(Fd(fd));
  handover.done.store(true);
  return 0;
}

}  // namespace

Result<> load_seccomp_with_listener(std::string_view program, unsigned flags,
                                    const std::function<Result<>(const Fd&)>& take) {
  constexpr int kThread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
  // Static, as the thread stands on it for a moment after it has said that it is done.
  alignas(16) static char stack[64 * 1024];
  Handover handover{.take = take, .taken = {}};
  if (clone(hand_over, stack + sizeof stack, kThread, &handover) < 0) return Error::system("make a thread");
  // Not for all threads: that is the point.
  flags &= ~unsigned{SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_TSYNC_ESRCH};
  auto loaded = load_seccomp(program, flags);
  handover.listener.store(loaded ? loaded->release() : -1);
  while (!handover.done.load()) continue;  // without a system call, as each may wait for the listener
  TRY(std::move(loaded));
  return std::move(handover.taken);
}

}  // namespace gantry::linux
