#pragma once

#include "base/result.hpp"
#include "linux/mount.hpp"
#include "oci/runtime_spec.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace gantry::runtime {

/// The `options` of a mount (runtime-spec config.md, "Linux mount options"), taken apart.
struct MountOptions {
  enum class Bind { no, one, tree };

  Bind bind = Bind::no;
  linux::MountChange flags;       ///< for the mount itself
  linux::MountChange recursive;   ///< `rro`, `rnosuid`, …: for every mount in the tree
  std::uint64_t propagation = 0;  ///< MS_SHARED, MS_SLAVE, MS_PRIVATE, MS_UNBINDABLE or 0
  bool propagation_recursive = false;
  enum class IdMap { no, one, tree };
  IdMap id_map = IdMap::no;
  bool copy_up = false;               ///< `tmpcopyup`: a tmpfs starts with what it covers
  bool remount = false;               ///< changes what is mounted there already
  std::vector<linux::FsOption> data;  ///< for the file system
};

/// Code::invalid for an option that contradicts its mount; unknown words belong to the file system.
Result<MountOptions> parse_mount_options(const std::vector<std::string>& options);

/// The same of a mount, whose type may say that it is a bind.
Result<MountOptions> mount_options_of(const oci::Mount& mount);

/// A change that says nothing.
inline bool is_empty(const linux::MountChange& change) {
  return change.set == 0 && change.clear == 0 && change.propagation == 0;
}

/// The mount options that parse_mount_options knows, for `features`.
std::vector<std::string> known_mount_options();

}  // namespace gantry::runtime
