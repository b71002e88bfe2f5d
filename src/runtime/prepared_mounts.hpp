#pragma once

#include "base/fd.hpp"
#include "runtime/mount_options.hpp"
#include "runtime/runtime.hpp"

#include <vector>

namespace gantry::runtime {

/// What can be known of an entry of `mounts` before the clone, and what cannot be made any more after it.
struct PreparedMount {
  MountOptions options;  ///< `bind` also says what the type says
  /// Of an id-mapped bind, of one that shares what is mounted below it with the host, and of every bind and overlay
  /// where the layers are mapped.
  Fd tree;
  Fd user_namespace;  ///< whose maps an id-mapped mount gets
};

/// Root makes a container of layers, or of a folder that has its ids, with a user namespace: they are mapped, and
/// mounted outside. Inside, the folders that lead to them and to the sources of binds are out of reach.
bool maps_root(const CreateRequest& request);

/// For each of `mounts`.
Result<std::vector<PreparedMount>> prepare_mounts(const CreateRequest& request);
/// The mapped overlay or folder that is the root; invalid when it is made inside.
Result<Fd> prepare_root(const CreateRequest& request);

}  // namespace gantry::runtime
