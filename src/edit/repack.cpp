#include "archive/layer_path.hpp"
#include "archive/node_packer.hpp"
#include "base/file.hpp"
#include "edit/bundle.hpp"
#include "edit/bundle_files.hpp"
#include "linux/path.hpp"

#include <fcntl.h>

#include <algorithm>

namespace gantry::edit {

namespace {

using archive::Kind;

constexpr std::size_t kMaxRecord = 1u << 30;

/// What the layer says of a name.
enum class Change { same, add, remove };
using Changes = std::map<std::string, Change>;  ///< `same`: a folder on the way to a change

std::string above(const std::string& path) { return std::string(archive::split_path(path).folder); }

bool is_masked(const std::string& path, const std::vector<std::string>& masked) {
  return std::ranges::any_of(masked,
                             [&](const std::string& mask) { return path == mask || path.starts_with(mask + "/"); });
}

bool is_folder(const Record& record, const std::string& path) {
  auto node = record.find(path);
  return node != record.end() && node->second.entry.kind == Kind::directory;
}

/// Of a removed tree its top alone is a change: a layer cannot speak of what is below.
Changes compare(const Record& before, const Record& now, const std::vector<std::string>& masked) {
  Changes changes;
  for (const auto& [path, node] : now) {
    if (is_masked(path, masked)) continue;
    auto old = before.find(path);
    if (old == before.end() || old->second != node) changes[path] = Change::add;
  }
  for (const auto& [path, node] : before)
    if (!path.empty() && !is_masked(path, masked) && !now.contains(path) && is_folder(now, above(path)))
      changes[path] = Change::remove;
  return changes;
}

/// The root has another time, and nothing else.
bool is_touched_only(const Record& before, const Record& now) {
  auto old = before.find(""), current = now.find("");
  if (old == before.end() || current == now.end()) return false;
  RecordedNode same = old->second;
  same.entry.mtime = current->second.entry.mtime;
  return same == current->second;
}

/// Folders on the way come with their owner and mode, which they would lose where layers lie in folders of their own.
void add_folders(Changes& changes) {
  std::vector<std::string> folders;
  for (const auto& [path, change] : changes)
    for (std::string folder = above(path); !folder.empty(); folder = above(folder)) folders.push_back(folder);
  for (auto& folder : folders) changes.try_emplace(std::move(folder), Change::same);
}

Result<> write_changes(const Fd& root, const Changes& changes, archive::NodePacker& packer) {
  Fd folder;
  std::optional<std::string> opened;
  for (const auto& [path, change] : changes) {
    if (change == Change::remove) {
      TRY(packer.add_whiteout(path));
      continue;
    }
    if (path.empty()) {
      TRY(packer.add(root, ".", "."));
      continue;
    }
    auto [parent, name] = archive::split_path(path);
    if (opened != parent) {
      folder = TRY(with_context(linux::open_in_root(root, parent, O_PATH | O_DIRECTORY), "'{}'", parent));
      opened = parent;
    }
    TRY(with_context(packer.add(folder, std::string(name), path), "pack '{}'", path));
  }
  return packer.finish();
}

Result<std::vector<std::string>> clean_masks(const std::vector<std::string>& masked) {
  std::vector<std::string> clean;
  for (const auto& path : masked)
    clean.push_back(TRY(with_context(archive::clean_entry_path(path), "masked path '{}'", path)));
  return clean;
}

}  // namespace

Result<std::size_t> write_difference(const Fd& root, const Record& before, const Record& now,
                                     const RepackOptions& options, bool ignores_owners, Sink& out) {
  Changes changes = compare(before, now, TRY(clean_masks(options.masked)));
  // That something changed in it is no change of the root by itself.
  std::size_t count = changes.size() - (changes.contains("") && is_touched_only(before, now) ? 1 : 0);
  add_folders(changes);
  archive::PackOptions pack{.max_mtime = options.max_mtime};
  // Whose they were in the image is not known any more.
  if (ignores_owners) pack.owner = archive::PackedOwner();
  archive::NodePacker packer(out, pack);
  TRY(write_changes(root, changes, packer));
  return count;
}

Result<bool> repack(Draft& draft, const std::string& path, const BundleOrigin& origin, const RepackOptions& options,
                    const Note& note, const std::string& tmp) {
  std::string record_path = path + record_name(origin.manifest);
  auto before = TRY(parse_record(TRY(read_file(record_path, kMaxRecord)), record_path));
  Fd rootfs = TRY(open_folder(path + kRootfs));
  auto now = TRY(with_context(record_tree(rootfs), "{}{}", path, kRootfs));
  auto sink = TRY(LayerSink::begin(tmp, options.compression));
  std::size_t changes =
      TRY(with_context(write_difference(rootfs, before, now, options, origin.ignores_owners, *sink), "{}", path));
  if (changes == 0) return false;
  add_layer(draft, TRY(sink->finish()), note);
  return true;
}

}  // namespace gantry::edit
