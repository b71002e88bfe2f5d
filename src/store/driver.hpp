#pragma once

#include "base/result.hpp"

#include <span>
#include <string>
#include <string_view>

namespace gantry::store {

/// What a container writes to, above its layers.
struct Snapshot {
  std::string upper;
  std::string work;
};

/// How layers and snapshots lie on disk. `folder` is one layer's or one snapshot's own folder.
class Driver {
 public:
  virtual std::string_view name() const = 0;
  /// Prepares a layer's folder; the layer is unpacked into layer_path().
  virtual Result<> make_layer(const std::string& folder) const = 0;
  virtual std::string layer_path(const std::string& folder) const = 0;
  /// Prepares a snapshot's folder. `top` is the root of the uppermost layer: the container's root looks like it.
  virtual Result<> make_snapshot(const std::string& folder, const std::string& top) const = 0;
  virtual Snapshot snapshot(const std::string& folder) const = 0;

 protected:
  ~Driver() = default;
};

/// A folder per layer, joined by overlayfs.
const Driver& overlay_driver();

}  // namespace gantry::store
