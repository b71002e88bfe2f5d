#pragma once

#include "base/fd.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::engine {

/// Folders that overlayfs would join, read without mounting them: whiteouts, opaque folders and symbolic links count
/// as they would there, and nothing leads out of the tree.
class LayeredTree {
 public:
  /// `layers`: the top first.
  static Result<LayeredTree> open(std::span<const std::string> layers);

  /// What a regular file holds; nothing when there is no such file. More than 4 MiB is an error.
  Result<std::optional<std::string>> read(std::string_view path) const;

 private:
  /// One folder of the tree: the folders of that path in the layers, the top first.
  struct Folder {
    std::vector<Fd> parts;
  };
  using Node = std::shared_ptr<const Folder>;

  /// What a name in a folder is. At most one is set.
  struct Entry {
    Node folder;
    std::optional<std::string> link;
    Fd file;
  };
  static Result<Entry> look_up(const Folder& folder, const std::string& name);

  explicit LayeredTree(Folder root) : root_(std::make_shared<Folder>(std::move(root))) {}
  Node root_;
};

}  // namespace gantry::engine
