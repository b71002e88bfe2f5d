#include "engine/container_mounts.hpp"

#include "base/error_packet.hpp"
#include "base/file.hpp"
#include "engine/host_mounts.hpp"
#include "engine/root.hpp"
#include "engine/state.hpp"
#include "linux/idmap.hpp"
#include "linux/mount.hpp"
#include "linux/process.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

namespace gantry::engine {

namespace {

HostMounts mounts_of(const Settings& settings) { return HostMounts(settings.run_root + "/mounts"); }

std::string describe(const std::string& name) { return fmt::format("container '{}'", name); }

/// In a process of its own: a copy of the root mount of the mount namespace `space`.
Result<> send_root(const Fd& space, const Fd& socket) {
  if (setns(space.get(), CLONE_NEWNS) < 0) return Error::system("enter its mount namespace");
  return send_fd(socket, TRY(linux::clone_mount(AT_FDCWD, "/", false)));
}

/// A mount of another namespace can be copied there only.
Result<Fd> root_of_process(pid_t pid) {
  Fd space = TRY(open_file(fmt::format("/proc/{}/ns/mnt", pid), O_RDONLY));
  SocketPair channel = TRY(make_socket_pair(SOCK_STREAM));
  Pipe report = TRY(make_pipe());
  linux::Process child = TRY(linux::clone_process({}));
  if (child.pid == 0) {
    auto sent = send_root(space, channel.theirs);
    if (!sent) best_effort(write_all(report.write, pack_error(sent.error()), "the report"));
    _exit(0);
  }
  report.write.close();
  channel.theirs.close();
  const std::string bytes = TRY(read_all(report.read, "the report"));
  waitpid(child.pid, nullptr, 0);
  if (auto error = unpack_error(bytes)) return std::move(*error);
  return receive_fd(channel.ours);
}

/// Of a container that does not run.
Result<Fd> root_of_record(const store::Store& store, const Record& record) {
  Root root = TRY(Root::of(store, record));
  if (!root.overlay) return linux::clone_mount(AT_FDCWD, root.path, false);
  return linux::make_overlay({.layers = std::move(root.overlay->layers),
                              .upper = std::move(root.overlay->upper),
                              .work = std::move(root.overlay->work),
                              .user_xattr = !linux::in_initial_user_namespace()},
                             MOUNT_ATTR_NODEV | MOUNT_ATTR_NOSUID);
}

}  // namespace

Result<std::string> mount_container(Engine& engine, const std::string& name) {
  Engine::State& state = engine.state();
  // Held: nobody starts it meanwhile.
  const Held held = TRY(state.hold_by_name(name));
  const Container container = held.container();
  if (container.status == Status::creating || container.status == Status::removing)
    return fail(Code::busy, "container '{}' is {}", name, status_name(container.status));
  const store::Store& store = *TRY(state.store());
  return mounts_of(state.settings).mount(container.id, describe(name), [&] {
    return container.running() ? root_of_process(container.pid) : root_of_record(store, held.record);
  });
}

Result<std::string> unmount_container(Engine& engine, const std::string& name, bool force) {
  const std::string id = TRY(engine.find(name)).id;
  TRY(mounts_of(engine.state().settings).unmount(id, describe(name), force));
  return id;
}

Result<std::vector<ContainerMount>> mounted_containers(Engine& engine) {
  const HostMounts mounts = mounts_of(engine.state().settings);
  std::vector<ContainerMount> all;
  const auto ids = mounts.ids();
  if (ids.empty()) return all;
  for (Container& container : TRY(engine.list({.all = true, .conditions = {}}))) {
    if (std::ranges::find(ids, container.id) == ids.end()) continue;
    std::string path = mounts.path(container.id);
    all.push_back({std::move(container), std::move(path)});
  }
  return all;
}

Result<> check_not_mounted(const Settings& settings, const Container& container) {
  if (!mounts_of(settings).has(container.id)) return {};
  return fail(Code::busy, "container '{}' is mounted on the host", container.name)
      .with_cure(fmt::format("unmount it first: gantry unmount {}", container.name));
}

void release_mount(const Settings& settings, const std::string& id) {
  best_effort(mounts_of(settings).unmount(id, describe(id), true));
}

}  // namespace gantry::engine
