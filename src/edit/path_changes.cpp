#include "edit/path_changes.hpp"

#include "archive/layer_path.hpp"
#include "archive/node_packer.hpp"
#include "base/file.hpp"
#include "linux/path.hpp"

#include <fcntl.h>

#include <optional>
#include <vector>

namespace gantry::edit {

namespace {

/// Folders on the way come with their owner and mode, which they would lose where layers lie in folders of their own.
void add_folders(PathChanges& changes) {
  std::vector<std::string> folders;
  for (const auto& [path, change] : changes)
    for (std::string_view folder = archive::split_path(path).folder; !folder.empty();
         folder = archive::split_path(folder).folder)
      folders.emplace_back(folder);
  for (auto& folder : folders) changes.try_emplace(std::move(folder), PathChange::same);
}

/// Writes names of one tree, which come sorted.
class ChangeWriter {
 public:
  ChangeWriter(const Fd& root, archive::NodePacker& packer) : root_(root), packer_(packer) {}

  Result<> write(const std::string& path, PathChange change) {
    if (change == PathChange::remove) return packer_.add_whiteout(path);
    if (path.empty()) {
      TRY(packer_.add(root_, ".", "."));
      return {};
    }
    auto [parent, name] = archive::split_path(path);
    if (opened_ != parent) {
      folder_ = TRY(with_context(linux::open_in_root(root_, parent, O_PATH | O_DIRECTORY), "'{}'", parent));
      opened_ = parent;
    }
    TRY(with_context(packer_.add(folder_, std::string(name), path), "pack '{}'", path));
    return {};
  }

 private:
  const Fd& root_;
  archive::NodePacker& packer_;
  Fd folder_;
  std::optional<std::string> opened_;  ///< the path of `folder_`
};

}  // namespace

Result<> write_changes(const Fd& root, PathChanges changes, const archive::PackOptions& options, Sink& out) {
  add_folders(changes);
  archive::NodePacker packer(out, options);
  ChangeWriter writer(root, packer);
  for (const auto& [path, change] : changes)
    if (auto written = writer.write(path, change); !written && written.error().code() != Code::not_found)
      return written;
  return packer.finish();
}

}  // namespace gantry::edit
