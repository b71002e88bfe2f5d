#include "engine/access.hpp"

#include "engine/root.hpp"
#include "engine/state.hpp"
#include "linux/idmap.hpp"
#include "linux/mount.hpp"
#include "store/tree_size.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

namespace gantry::engine {

std::string written_folder(Engine& engine, const std::string& id) { return engine.state().folder(id) + "/upper"; }

std::uint64_t written_size(Engine& engine, const std::string& id) {
  return store::tree_size(written_folder(engine, id));
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
