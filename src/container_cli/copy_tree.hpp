#pragma once

#include "archive/pack.hpp"
#include "base/fd.hpp"

#include <optional>
#include <string>

namespace gantry::container_cli {

/// A file or folder below a root.
struct CopyPlace {
  std::string path;
  bool contents = false;        ///< what is in the folder, and not the folder itself
  bool must_be_folder = false;  ///< it was written with a slash at the end
  bool in_container = false;
};

struct CopyOptions {
  std::optional<archive::PackedOwner> owner;  ///< of the copies; none: as their originals
  bool overwrite = false;                     ///< files may replace folders, and folders files
};

/// Copies as cp(1) -r does: into a folder that is there, or under the destination's name. Paths are looked up by the
/// kernel inside their roots (openat2), so that no link leads out of a container.
Result<> copy_tree(const Fd& from_root, const CopyPlace& from, const Fd& to_root, const CopyPlace& to,
                   const CopyOptions& options);

/// Unpacks a tar from standard input in a folder that is there.
Result<> unpack_archive(const Fd& root, const CopyPlace& to);

}  // namespace gantry::container_cli
