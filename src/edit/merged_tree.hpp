#pragma once

#include "archive/tar_reader.hpp"
#include "base/stream.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::edit {

/// A file, folder, link, … that a layer brings; its names share it.
struct MergedFile {
  archive::Entry entry;     ///< as its layer has it; never a hardlink
  std::size_t layer = 0;    ///< the layer that brought it, by the order in which they were applied
  bool is_implied = false;  ///< a folder without an entry, which only lies on the way to one
};

/// What stands under a name.
struct MergedNode {
  std::shared_ptr<const MergedFile> file;  ///< null: a whiteout, the name is gone from layers below all of these
  bool is_opaque = false;                  ///< of a folder: so is all that layers below all of these have in it
};

/// What several layers make together, as names and headers without data: as if they were unpacked into one folder, one
/// after the other, symlinks on the way being followed inside of it. All of it is hostile.
class MergedTree {
 public:
  /// Lays the next layer on top; `tar` is read to its end. Code::corrupt for a link to nowhere, Code::invalid for more
  /// names than a machine could bear.
  Result<> apply(Source& tar);

  /// By clean path; what is above a name comes before it.
  const std::map<std::string, MergedNode>& nodes() const { return nodes_; }
  /// The node at a path, without following it; null: none.
  const MergedNode* find(const std::string& path) const;
  /// Where a path leads to when symlinks on the way, and the last of it, are followed. What does not exist is taken as
  /// it is written. Code::invalid for too many links.
  Result<std::string> resolve(std::string_view path) const;

 private:
  Result<> hide(const std::string& path);
  Result<> clear(const std::string& path);
  Result<> add(archive::Entry entry);
  Result<> add_link(const std::string& path, const archive::Entry& entry);
  Result<std::string> place(std::string_view path) const;
  Result<std::string> place_with_folders(std::string_view path);
  void make_folders(const std::string& path);
  void erase_below(const std::string& path);
  void put_folder(const std::string& path, std::shared_ptr<const MergedFile> file);

  std::map<std::string, MergedNode> nodes_;
  std::size_t layer_ = 0;
};

}  // namespace gantry::edit
