#pragma once

#include "base/fd.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::linux {

// The mount API of Linux 5.2 and later: a mount is made detached, as a descriptor, and then put in its place by
// descriptor, so no path is looked up twice.

/// A file system option as fsconfig(2) takes it; an empty value is a flag.
using FsOption = std::pair<std::string, std::string>;

/// A new instance of a file system as a detached mount. `attributes`: MOUNT_ATTR_*. An error carries what the file
/// system itself had to say (fsopen's log).
Result<Fd> make_mount(const std::string& type, const std::string& source, const std::vector<FsOption>& options,
                      std::uint64_t attributes);

/// What a layer of an overlay is, for looking names up in it: a file with an EROFS image, mounted detached (since Linux
/// 6.12), or a folder.
Result<Fd> open_layer(const std::string& path);

/// An overlay of `layers` (see open_layer(), top first) below `upper`; without `upper` it is read-only. `user_xattr`:
/// keep whiteouts and origins in user.overlay.*, as mounts in a user namespace must.
struct Overlay {
  std::vector<std::string> layers;
  std::string upper;
  std::string work;
  bool user_xattr = false;
  int user_namespace = -1;  ///< not -1: by whose maps the layers and the upper folder are mapped (since Linux 6.13)
};
Result<Fd> make_overlay(const Overlay& overlay, std::uint64_t attributes);

/// A detached copy of the mount that holds `path` below `dir`, from `path` on (a bind mount).
Result<Fd> clone_mount(int dir, const std::string& path, bool recursive);
/// The same of an O_PATH descriptor.
Result<Fd> clone_mount(const Fd& object, bool recursive);

struct MountChange {
  std::uint64_t set = 0;          ///< MOUNT_ATTR_*
  std::uint64_t clear = 0;        ///< MOUNT_ATTR_*
  std::uint64_t propagation = 0;  ///< MS_PRIVATE, MS_SLAVE, MS_SHARED, MS_UNBINDABLE or 0
  int user_namespace = -1;        ///< for MOUNT_ATTR_IDMAP
};
/// mount_setattr(2) on the mount of a descriptor.
Result<> change_mount(const Fd& mount, const MountChange& change, bool recursive);

/// Changes options of the file system of the mount whose root `mount` is (a remount).
Result<> reconfigure(const Fd& mount, const std::vector<FsOption>& options);

/// Puts a detached mount over `target`, an O_PATH descriptor.
Result<> attach_mount(const Fd& mount, const Fd& target);

}  // namespace gantry::linux
