#pragma once

#include "base/fd.hpp"

#include <sys/types.h>

#include <cstdint>
#include <optional>

// The listener of a seccomp filter with SECCOMP_RET_USER_NOTIF (seccomp_unotify(2)): system calls of others, which wait
// to be answered here.

namespace gantry::linux {

/// A system call. Only what is in registers can be relied on: memory may change at any moment.
struct SeccompCall {
  std::uint64_t id = 0;
  pid_t thread = 0;  ///< who makes it, as it is numbered here; 0: in a pid namespace that is not seen from here
  std::uint64_t arguments[6] = {};
};

/// The next one; nothing when its caller has been killed meanwhile.
Result<std::optional<SeccompCall>> receive_call(const Fd& listener);
/// Whether the caller still waits. What was opened by its pid before is its own then.
bool is_waiting(const Fd& listener, const SeccompCall& call);
/// Puts `file` into the caller's table of descriptors, in the place of `number`.
Result<> replace_descriptor(const Fd& listener, const SeccompCall& call, const Fd& file, int number,
                            bool close_on_exec);
/// Has it return `value`, or fail with `error` (an errno) when that is not 0. Fine when the caller is gone.
Result<> answer_call(const Fd& listener, const SeccompCall& call, std::int64_t value, int error);

}  // namespace gantry::linux
