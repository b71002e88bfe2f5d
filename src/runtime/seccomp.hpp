#pragma once

#include "base/result.hpp"
#include "oci/runtime_seccomp.hpp"

#include <string>

namespace gantry::runtime {

/// A seccomp section as the kernel takes it.
struct CompiledSeccomp {
  std::string program;  ///< an array of `struct sock_filter`
  unsigned flags = 0;   ///< SECCOMP_FILTER_FLAG_*
};

/// Compiles, or takes the result of an earlier run from the folder `cache` (made when missing), where a filter is kept
/// beside the text that it was made from. A system call that is not known is skipped, or an error. A cache that cannot
/// be used is no error.
Result<CompiledSeccomp> compile_seccomp(const oci::Seccomp& seccomp, bool fail_unknown_syscall,
                                        const std::string& cache);

}  // namespace gantry::runtime
