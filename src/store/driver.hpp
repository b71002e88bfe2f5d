#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace gantry::store {

/// How a container's root is made of the layers of its image.
enum class RootKind {
  joined,    ///< overlayfs joins them when the container starts
  copied,    ///< a folder of its own with copies of all files
  snapshot,  ///< a btrfs snapshot of the image's files
};

/// How an unpacked layer lies on disk, in a folder of its own, and what containers are made of.
class Driver {
 public:
  virtual std::string_view name() const = 0;
  virtual RootKind root_kind() const = 0;
  /// Prepares a layer's folder: what the layer is unpacked to is at layer_path() then, empty.
  virtual Result<> make_layer(const std::string& folder) const = 0;
  virtual std::string layer_path(const std::string& folder) const = 0;
  /// The layer is a file with a file system in it, instead of a folder.
  virtual bool is_image() const = 0;

 protected:
  ~Driver() = default;
};

/// A folder for each layer, joined by overlayfs.
const Driver& overlay_driver();
/// An EROFS image for each layer, mounted from the file and joined by overlayfs: a layer is one file to write. Only for
/// root of the machine, since no user namespace may mount them.
const Driver& erofs_driver();

/// By name: these, or "vfs" and "btrfs", whose layers are overlay's. Empty: overlay. Code::unsupported where the driver
/// cannot work for a store in `root`, Code::invalid for another name.
Result<const Driver*> find_driver(std::string_view name, const std::string& root);
/// The driver that a layer's folder was made by.
const Driver& driver_of(const std::string& folder);

}  // namespace gantry::store
