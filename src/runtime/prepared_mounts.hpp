#pragma once

#include "base/fd.hpp"
#include "runtime/runtime.hpp"

#include <vector>

namespace gantry::runtime {

/// What a mount needs that cannot be made any more in the container's own namespaces.
struct PreparedMount {
  Fd tree;            ///< a bind mount, whole
  Fd user_namespace;  ///< whose maps an id-mapped mount gets
};

/// For each of `mounts`; empty when none needs it. Those are id-mapped mounts, and binds that share what is mounted
/// below them with the host: after the clone the host's mounts are cut off.
Result<std::vector<PreparedMount>> prepare_mounts(const CreateRequest& request);

}  // namespace gantry::runtime
