#pragma once

#include "base/fd.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::linux {

/// A condition on an argument of a system call.
struct SeccompArg {
  unsigned index = 0;           ///< 0 to 5
  std::uint64_t value = 0;      ///< for SCMP_CMP_MASKED_EQ: the mask
  std::uint64_t value_two = 0;  ///< for SCMP_CMP_MASKED_EQ: what is left of the argument under the mask
  std::string op;               ///< "SCMP_CMP_NE", "_LT", "_LE", "_EQ", "_GE", "_GT", "_MASKED_EQ"
};

/// What happens on any of `names` when all of `args` hold. (Conditions on the same argument are alternatives, as runc
/// reads them.)
struct SeccompRule {
  std::vector<std::string> names;
  std::string action;                 ///< "SCMP_ACT_ALLOW", …
  std::optional<unsigned> errno_ret;  ///< for SCMP_ACT_ERRNO (default EPERM) and SCMP_ACT_TRACE
  std::vector<SeccompArg> args;
};

/// runtime-spec config-linux.md, "seccomp", in the words used there.
struct SeccompFilter {
  std::string default_action = "SCMP_ACT_ALLOW";
  std::optional<unsigned> default_errno;
  std::vector<std::string> architectures;  ///< "SCMP_ARCH_X86", … besides the native one
  std::vector<std::string> flags;          ///< "SECCOMP_FILTER_FLAG_LOG", …
  std::vector<SeccompRule> rules;
  bool fail_unknown_syscall = false;
};

/// The words that a filter may use.
struct SeccompWords {
  std::vector<std::string> actions;
  std::vector<std::string> operators;
  std::vector<std::string> architectures;
  std::vector<std::string> flags;
};
SeccompWords seccomp_words();
/// Whether the running kernel has a flag of seccomp_words().
bool kernel_has_seccomp_flag(std::string_view flag);
/// Of the library that compiles filters: "2.5.4".
std::string libseccomp_version();

/// The filter as an array of `struct sock_filter`. The same filter gives the same bytes, so they can be cached.
/// System calls that this libseccomp does not know are skipped, unless the filter says otherwise; a word the spec does
/// not know is Code::invalid.
Result<std::string> compile_seccomp(const SeccompFilter& filter);
/// The flags for load_seccomp(): those of `filter`, and SECCOMP_FILTER_FLAG_NEW_LISTENER when a rule notifies.
Result<unsigned> seccomp_flags(const SeccompFilter& filter);
/// seccomp(2): sets a compiled filter on the calling thread. Needs no_new_privs or CAP_SYS_ADMIN. Gives the listener's
/// descriptor when `flags` has SECCOMP_FILTER_FLAG_NEW_LISTENER, else an invalid one. Allocates nothing on success.
Result<Fd> load_seccomp(std::string_view program, unsigned flags);
/// The same for a filter with a listener, which `take` gets before this returns: on a second thread that the filter
/// does not hold, as the filter may forbid, or ask the listener about, any system call that passing it on takes. For a
/// process of one thread that ends or executes a program soon.
Result<> load_seccomp_with_listener(std::string_view program, unsigned flags,
                                    const std::function<Result<>(const Fd&)>& take);

}  // namespace gantry::linux
