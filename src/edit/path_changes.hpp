#pragma once

#include "archive/pack.hpp"

#include <map>
#include <string>

namespace gantry::edit {

/// What a layer says of a name.
enum class PathChange {
  same,    ///< it is a folder on the way to a change
  add,     ///< it is as in the tree, without what is below it
  remove,  ///< it is gone
};
/// By the path in the image, "etc/hosts"; empty: the root.
using PathChanges = std::map<std::string, PathChange>;

/// Writes a layer of what `changes` says of the tree `root`, and of the folders on the way. What has gone from the tree
/// meanwhile is left out.
Result<> write_changes(const Fd& root, PathChanges changes, const archive::PackOptions& options, Sink& out);

}  // namespace gantry::edit
