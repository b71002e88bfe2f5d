#include "archive/node_packer.hpp"

#include "archive/layer_path.hpp"
#include "base/file.hpp"

#include <fcntl.h>

#include <algorithm>
#include <optional>

namespace gantry::archive {

namespace {

Result<std::uint64_t> inside_id(const std::vector<linux::IdMap>& maps, std::uint32_t id) {
  for (const linux::IdMap& map : maps)
    if (id >= map.outside && id - map.outside < map.count) return map.inside + (id - map.outside);
  return fail(Code::invalid, "its owner {} is not in the id map", id);
}

}  // namespace

Result<> NodePacker::add_content(const Fd& folder, const std::string& path) {
  std::vector<std::string> names = TRY(list_folder_at(folder.get(), "."));
  std::ranges::sort(names);
  for (const std::string& name : names) TRY(add_tree(folder, name, join_path(path, name)));
  return {};
}

Result<> NodePacker::add_tree(const Fd& folder, const std::string& name, const std::string& path) {
  Fd below = TRY(with_context(add(folder, name, path), "pack '{}'", path));
  return below ? add_content(below, path) : Result<>();
}

Result<Entry> NodePacker::describe(const struct stat& info, Kind kind, const std::string& path) const {
  Entry entry = entry_of(info, kind);
  entry.path = path;
  if (options_.id_maps) {
    entry.uid = TRY(inside_id(options_.id_maps->uids, info.st_uid));
    entry.gid = TRY(inside_id(options_.id_maps->gids, info.st_gid));
  }
  if (options_.owner) {
    entry.uid = options_.owner->uid;
    entry.gid = options_.owner->gid;
  }
  if (options_.max_mtime) entry.mtime = std::min(entry.mtime, *options_.max_mtime);
  return entry;
}

Result<Fd> NodePacker::add(const Fd& folder, const std::string& name, const std::string& path) {
  struct stat info;
  if (fstatat(folder.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) < 0) return Error::system("look at it");
  auto kind = kind_of(info.st_mode);
  if (!kind) return Fd();
  auto hidden = [&]() -> Result<Fd> {
    TRY(add_whiteout(path));
    return Fd();
  };
  if (options_.overlay && *kind == Kind::character && info.st_rdev == 0) return hidden();
  if (split_path(path).name.starts_with(kWhiteoutPrefix))
    return fail(Code::invalid, "a layer cannot hold a name that begins with .wh.");

  Fd fd;
  NodeXattrs xattrs;
  if (*kind == Kind::file || *kind == Kind::directory) {
    // O_NONBLOCK: should a fifo have come in its place, opening does not wait.
    fd = TRY(open_at(folder.get(), name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
    if (fstat(fd.get(), &info) < 0) return Error::system("look at it");
    if (kind_of(info.st_mode) != kind) return fail(Code::busy, "it changed while it was packed");
    xattrs = TRY(read_xattrs(fd));
    if (options_.overlay && xattrs.overlay_whiteout) return hidden();
    if (options_.overlay && xattrs.overlay_incomplete)
      return fail(Code::unsupported, "it lies partly in a lower layer")
          .with_cure("mount the overlay with redirect_dir=off and metacopy=off");
  }
  Entry entry = TRY(describe(info, *kind, path));
  entry.xattrs = xattrs.kept;
  if (*kind == Kind::directory) return add_folder(std::move(fd), entry, xattrs);
  TRY(add_file(folder, fd, info, entry, name));
  return Fd();
}

Result<> NodePacker::add_file(const Fd& folder, const Fd& fd, const struct stat& info, Entry& entry,
                              const std::string& name) {
  if (info.st_nlink > 1) {
    auto [first, is_new] = linked_.try_emplace({info.st_dev, info.st_ino}, entry.path);
    if (!is_new) {
      entry.kind = Kind::hardlink;
      entry.link = first->second;
      entry.size = 0;
      entry.xattrs.clear();
      return writer_.add(entry);
    }
  }
  if (entry.kind == Kind::symlink) entry.link = TRY(read_link(folder.get(), name));
  if (entry.kind == Kind::file) return pack_file(fd, info, entry, writer_);
  return writer_.add(entry);
}

Result<Fd> NodePacker::add_folder(Fd folder, Entry& entry, const NodeXattrs& xattrs) {
  TRY(writer_.add(entry));
  if (options_.overlay && xattrs.overlay_opaque) TRY(add_opaque(entry.path));
  return folder;
}

Result<> NodePacker::add_whiteout(const std::string& path) { return add_mark(whiteout_path(path)); }

Result<> NodePacker::add_opaque(const std::string& path) { return add_mark(join_path(path, kOpaqueName)); }

/// An empty file whose name is all that counts.
Result<> NodePacker::add_mark(const std::string& path) {
  Entry entry;
  entry.path = path;
  return writer_.add(entry);
}

}  // namespace gantry::archive
