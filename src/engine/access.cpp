#include "engine/access.hpp"

#include "engine/changes.hpp"
#include "engine/root.hpp"
#include "engine/state.hpp"
#include "linux/btrfs.hpp"
#include "linux/idmap.hpp"
#include "linux/mount.hpp"
#include "linux/path.hpp"
#include "store/tree_size.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

namespace gantry::engine {

namespace {

/// Bytes on disk of the files among `changes`, all below `folder`. What cannot be looked at is not counted.
std::uint64_t changed_size(const std::string& folder, const std::vector<Change>& changes) {
  std::uint64_t bytes = 0;
  const auto root = open_file(folder, O_PATH | O_DIRECTORY);
  if (!root) return bytes;
  for (const auto& change : changes) {
    struct stat info;
    const auto file = linux::open_in_root(*root, change.path, O_PATH | O_NOFOLLOW);
    if (file && fstat(file->get(), &info) == 0 && !S_ISDIR(info.st_mode))
      bytes += static_cast<std::uint64_t>(info.st_blocks) * 512;
  }
  return bytes;
}

}  // namespace

Result<Written> written(Engine& engine, const std::string& id) {
  store::Snapshot snapshot = TRY(engine.images())->snapshots().get(id);
  if (snapshot.root.empty()) return Written{.folder = std::move(snapshot.upper)};
  return Written{.folder = std::move(snapshot.root), .whole = true};
}

std::uint64_t written_size(Engine& engine, const std::string& id) {
  const auto place = written(engine, id);
  if (!place) return 0;
  if (!place->whole) return store::tree_size(place->folder);
  const auto changes = engine.diff(id);
  return changes ? changed_size(place->folder, *changes) : 0;
}

std::uint64_t disk_size(Engine& engine, const std::string& id) {
  // A subvolume is a device of its own to stat(2), and left out here.
  const std::uint64_t size = store::tree_size(engine.state().folder(id));
  const auto place = written(engine, id);
  return place && place->whole && linux::is_subvolume(place->folder) ? size + written_size(engine, id) : size;
}

void report(Engine& engine, const Container& container, std::string_view what) {
  engine.state().report(container, what);
}

namespace {

Result<FileAccess> access_running(const Container& container) {
  FileAccess access;
  const std::string process = fmt::format("/proc/{}", container.pid);
  access.root =
      TRY(with_context(open_file(process + "/root", O_PATH | O_DIRECTORY), "look into container '{}'", container.name));
  struct stat info;
  if (stat(process.c_str(), &info) == 0) {
    access.uid = info.st_uid;
    access.gid = info.st_gid;
  }
  return access;
}

Result<FileAccess> access_resting(Engine::State& state, Held held) {
  const Root root = TRY(Root::of(*TRY(state.store()), held.record));
  FileAccess access;
  access.lock = std::move(held.lock);
  if (!root.overlay) {
    access.root = TRY(open_folder(root.path));
    return access;
  }
  const Fd mount = TRY(with_context(linux::make_overlay({.layers = root.overlay->layers,
                                                         .upper = root.overlay->upper,
                                                         .work = root.overlay->work,
                                                         .user_xattr = !linux::in_initial_user_namespace()},
                                                        MOUNT_ATTR_NODEV | MOUNT_ATTR_NOSUID),
                                    "look into container '{}'", held.record.name));
  access.root = TRY(open_at(mount.get(), ".", O_RDONLY | O_DIRECTORY));
  return access;
}

}  // namespace

Result<FileAccess> access_files(Engine& engine, const std::string& name) {
  const Container container = TRY(engine.find(name));
  if (container.running()) return access_running(container);
  Held held = TRY(engine.state().hold_by_name(name));
  if (held.container().running()) return access_running(held.container());
  return access_resting(engine.state(), std::move(held));
}

}  // namespace gantry::engine
