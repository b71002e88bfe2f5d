#pragma once

#include "erofs/inode.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::erofs {

using NodeId = std::uint32_t;

/// Something that names stand for. Files and the like are in the image already, folders come when all names are known.
struct Node {
  std::uint64_t inode = 0;   ///< its number in the image
  std::uint32_t links = 0;   ///< names that lead here; 0: it is gone
  std::uint32_t detail = 0;  ///< index of a folder or of a symlink's target
  FileType type = FileType::file;
  bool is_whiteout = false;
};

struct Folder {
  NodeId node = 0;
  NodeId parent = 0;  ///< the root's is itself
  Attributes attributes;
  std::uint32_t folders = 0;  ///< in it
  std::map<std::string, NodeId, std::less<>> names;
};

/// The names of a layer, and the way that paths take through them: as the kernel's openat2(RESOLVE_IN_ROOT) and
/// mkdir(2) would, so that an image holds what a folder would that the layer is unpacked into. Errors carry the
/// kernel's errno.
class Tree {
 public:
  static constexpr NodeId kRoot = 0;

  /// `opaque`: the attribute by which overlayfs hides what lower layers have in a folder.
  explicit Tree(archive::Xattr opaque);

  /// The folder `path`, made with all above it where it is missing. Paths are clean (archive::clean_entry_path).
  /// Code::invalid when the layer makes very many of them.
  Result<NodeId> folder(std::string_view path);
  /// The folder `path`, symlinks followed.
  Result<NodeId> existing_folder(std::string_view path) const;
  /// The same, and not when `path` itself is a symlink.
  Result<NodeId> open_folder(std::string_view path) const;

  std::optional<NodeId> find(NodeId folder, std::string_view name) const;
  /// A new node that has the name, which is free.
  Result<NodeId> add(NodeId folder, std::string_view name, Node node);
  Result<NodeId> add_symlink(NodeId folder, std::string_view name, Node node, std::string target);
  /// One more name for a node that is no folder.
  Result<> link(NodeId folder, std::string_view name, NodeId node);
  /// Makes the folder `name` where there is none; whatever else has the name gives way.
  Result<> make_folder(NodeId folder, std::string_view name);
  /// Takes a name away, with all below it.
  void remove(NodeId folder, std::string_view name);
  void set_opaque(NodeId folder);

  const Node& node(NodeId id) const { return nodes_[id]; }
  Node& node(NodeId id) { return nodes_[id]; }
  bool is_folder(NodeId id) const { return nodes_[id].type == FileType::directory; }
  Folder& folder_of(NodeId id) { return folders_[nodes_[id].detail]; }
  const Folder& folder_of(NodeId id) const { return folders_[nodes_[id].detail]; }

  /// All that ever were; those without links are gone.
  const std::deque<Node>& nodes() const { return nodes_; }
  const std::deque<Folder>& folders() const { return folders_; }

 private:
  struct Walk;
  Result<NodeId> follow(Walk& walk, NodeId from, std::string path) const;
  Result<NodeId> enter(Walk& walk, NodeId folder, std::string_view name);
  Result<NodeId> add_folder(NodeId parent, std::string_view name, unsigned mode);
  Result<NodeId> replace_whiteout(NodeId folder, std::string_view name);

  std::deque<Node> nodes_;
  std::deque<Folder> folders_;
  std::deque<std::string> targets_;
  std::uint64_t implied_ = 0;  ///< folders that were made because something lies in them
  archive::Xattr opaque_;
  NodeId last_ = kRoot;
  std::optional<std::string> last_path_;  ///< entries come sorted by folder; absent: no longer what it leads to
};

}  // namespace gantry::erofs
