#include "edit/insert.hpp"

#include "archive/layer_path.hpp"
#include "archive/node_packer.hpp"
#include "base/file.hpp"
#include "edit/merge.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

namespace gantry::edit {

namespace {

/// What is on the host, by its folder and name.
struct HostNode {
  Fd folder;
  std::string name;
  bool is_folder = false;
};

Result<HostNode> open_host(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  struct stat info;
  if (lstat(path.c_str(), &info) < 0) return Error::system("{}", path);
  auto slash = path.rfind('/');
  std::string above = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  HostNode node;
  node.folder = TRY(open_file(above, O_PATH | O_DIRECTORY));
  node.name = slash == std::string::npos ? path : path.substr(slash + 1);
  node.is_folder = S_ISDIR(info.st_mode);
  // "/" and "." have no name that openat(2) could leave unfollowed.
  if (node.name.empty()) node.name = ".";
  return node;
}

/// The folders above a path, as the image has them: a layer that had them without their owner and mode would change
/// those where layers are kept in folders of their own.
Result<> add_folders_above(const MergedTree& tree, const std::string& path, archive::NodePacker& packer,
                           const std::optional<Timestamp>& max_mtime) {
  for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    std::string above = path.substr(0, slash);
    const MergedNode* node = tree.find(above);
    if (node == nullptr || node->file == nullptr || node->file->is_implied) continue;
    if (node->file->entry.kind != archive::Kind::directory)
      return fail(Code::invalid, "'{}' is not a folder in the image", above);
    archive::Entry entry = node->file->entry;
    entry.path = above;
    entry.user.clear();
    entry.group.clear();
    entry.atime.reset();
    if (max_mtime) entry.mtime = std::min(entry.mtime, *max_mtime);
    TRY(packer.add_entry(entry));
  }
  return {};
}

/// Where the target is in the image; the last of its names is not followed.
Result<std::string> place_in(const MergedTree& tree, const Insertion& insertion, const HostNode& host) {
  std::string path = TRY(with_context(archive::clean_entry_path(insertion.target), "'{}'", insertion.target));
  bool into_folder = insertion.target.ends_with('/') && !insertion.host_path.empty() && !host.is_folder;
  if (into_folder) path = archive::join_path(path, host.name);
  if (path.empty()) return path;
  auto [folder, name] = archive::split_path(path);
  return archive::join_path(TRY(tree.resolve(folder)), name);
}

Result<> write_layer(const MergedTree& tree, const Insertion& insertion, const InsertOptions& options, Sink& out) {
  bool removes = insertion.host_path.empty();
  HostNode host;
  if (!removes) host = TRY(open_host(insertion.host_path));
  std::string path = TRY(place_in(tree, insertion, host));
  if (path.empty() && (removes || !host.is_folder))
    return fail(Code::invalid, "'{}' is the root of the image", insertion.target).with_cure("name what is in it");
  if (insertion.opaque && !host.is_folder) return fail(Code::invalid, "{} is not a folder", insertion.host_path);

  archive::PackOptions pack{.max_mtime = options.max_mtime, .owner = insertion.owner};
  archive::NodePacker packer(out, pack);
  TRY(add_folders_above(tree, path, packer, options.max_mtime));
  if (removes) {
    if (tree.find(path) == nullptr) return fail(Code::not_found, "the image has no '{}'", insertion.target);
    TRY(packer.add_whiteout(path));
  } else if (host.is_folder) {
    Fd folder = TRY(open_at(host.folder.get(), host.name, O_RDONLY | O_DIRECTORY));
    if (!path.empty()) folder = TRY(with_context(packer.add(host.folder, host.name, path), "{}", insertion.host_path));
    if (insertion.opaque) TRY(packer.add_opaque(path));
    TRY(packer.add_content(folder, path));
  } else {
    TRY(packer.add_tree(host.folder, host.name, path));
  }
  return packer.finish();
}

}  // namespace

Result<> insert(Draft& draft, const Insertion& insertion, const InsertOptions& options, const Note& note,
                const std::string& tmp) {
  auto merged = TRY(merge(draft.layers, draft.label, tmp, Keep::headers));
  auto sink = TRY(LayerSink::begin(tmp, options.compression));
  TRY(write_layer(merged.tree, insertion, options, *sink));
  add_layer(draft, TRY(sink->finish()), note);
  return {};
}

}  // namespace gantry::edit
