#pragma once

#include "engine/records.hpp"
#include "runtime/runtime.hpp"
#include "store/store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace gantry::engine {

/// What a container's root is made of.
struct Root {
  std::optional<runtime::OverlayRoot> overlay;  ///< none: `path` is the root
  std::string path;
  bool own = false;           ///< the folder `path` is the container's alone, and its ids are those of the container
  std::vector<Mount> mounts;  ///< that belong to it
  std::vector<std::string> tree;   ///< the folders that make it up, the top first: for LayeredTree
  std::vector<std::string> below;  ///< those that it began as, the top first: of an image, or of --rootfs …:O

  /// Makes the snapshot, of the layers of an image as `driver` says. Undone by Snapshots::remove().
  static Result<> make(const store::Store& store, const std::string& driver, const Record& record);
  /// Of a container whose snapshot is there. Code::not_found for a layer that is missing.
  static Result<Root> of(const store::Store& store, const Record& record);
};

}  // namespace gantry::engine
