#pragma once

#include "base/fd.hpp"
#include "runtime/mount_options.hpp"
#include "runtime/runtime.hpp"

#include <vector>

namespace gantry::runtime {

/// What can be known of an entry of `mounts` before the clone, and what cannot be made any more after it.
struct PreparedMount {
  MountOptions options;  ///< `bind` also says what the type says
  Fd tree;               ///< of an id-mapped bind, or of one that shares what is mounted below it with the host
  Fd user_namespace;     ///< whose maps an id-mapped mount gets
};

/// For each of `mounts`.
Result<std::vector<PreparedMount>> prepare_mounts(const CreateRequest& request);

}  // namespace gantry::runtime
