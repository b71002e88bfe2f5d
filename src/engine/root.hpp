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
  std::vector<Mount> mounts;      ///< that belong to it
  std::vector<std::string> tree;  ///< the folders that make it up, the top first: for LayeredTree

  /// Makes the snapshot. Undone by Snapshots::remove().
  static Result<> make(const store::Store& store, const Record& record);
  /// Of a container whose snapshot is there. Code::not_found for a layer that is missing.
  static Result<Root> of(const store::Store& store, const Record& record);
};

}  // namespace gantry::engine
