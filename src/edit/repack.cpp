#include "archive/layer_path.hpp"
#include "base/file.hpp"
#include "edit/bundle.hpp"
#include "edit/bundle_files.hpp"
#include "edit/path_changes.hpp"

#include <algorithm>

namespace gantry::edit {

namespace {

using archive::Kind;

constexpr std::size_t kMaxRecord = 1u << 30;

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
PathChanges compare(const Record& before, const Record& now, const std::vector<std::string>& masked) {
  PathChanges changes;
  for (const auto& [path, node] : now) {
    if (is_masked(path, masked)) continue;
    auto old = before.find(path);
    if (old == before.end() || old->second != node) changes[path] = PathChange::add;
  }
  for (const auto& [path, node] : before)
    if (!path.empty() && !is_masked(path, masked) && !now.contains(path) && is_folder(now, above(path)))
      changes[path] = PathChange::remove;
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

Result<std::vector<std::string>> clean_masks(const std::vector<std::string>& masked) {
  std::vector<std::string> clean;
  for (const auto& path : masked)
    clean.push_back(TRY(with_context(archive::clean_entry_path(path), "masked path '{}'", path)));
  return clean;
}

}  // namespace

Result<std::size_t> write_difference(const Fd& root, const Record& before, const Record& now,
                                     const RepackOptions& options, bool ignores_owners, Sink& out) {
  PathChanges changes = compare(before, now, TRY(clean_masks(options.masked)));
  // That something changed in it is no change of the root by itself.
  std::size_t count = changes.size() - (changes.contains("") && is_touched_only(before, now) ? 1 : 0);
  archive::PackOptions pack{.max_mtime = options.max_mtime};
  // Whose they were in the image is not known any more.
  if (ignores_owners) pack.owner = archive::PackedOwner();
  TRY(write_changes(root, std::move(changes), pack, out));
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
