#pragma once

#include "archive/extract.hpp"
#include "base/fd.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace gantry::archive {

/// The folder that a layer is unpacked into, by clean paths. Symlinks on the way to a name are followed inside the root
/// only; the name itself is never followed.
class LayerTree {
 public:
  LayerTree(const Fd& root, const ExtractOptions& options) : root_(root), options_(options) {}

  /// The folder `path` as an O_PATH descriptor, made with all above it where it is missing. Valid until the next call:
  /// entries come sorted by folder, so the last one is kept.
  Result<int> folder(std::string_view path);
  /// The folder `path`; Code::not_found when there is none.
  Result<Fd> existing_folder(std::string_view path) const;
  /// The same for reading, and not when `path` itself is a symlink.
  Result<Fd> open_folder(std::string_view path) const;

  /// Makes the folder `name` where there is none; whatever else has the name gives way. True: it is new.
  Result<bool> make_folder(int dir, const std::string& name);
  /// Removes `name` with all below it; a missing name is fine.
  Result<> remove(int dir, const std::string& name);

  /// Whether a whiteout of an overlay stands there.
  bool is_whiteout(int dir, const std::string& name) const;

 private:
  Result<Fd> make_folders(std::string_view path);
  Result<> replace_whiteout(int dir, const std::string& name);

  const Fd& root_;
  const ExtractOptions& options_;
  Fd last_;
  std::optional<std::string> last_path_;  ///< absent: last_ may no longer be what this path leads to
};

}  // namespace gantry::archive
