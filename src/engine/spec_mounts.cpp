#include "base/file.hpp"
#include "engine/spec.hpp"
#include "engine/systemd_mode.hpp"

#include <sys/stat.h>

#include <algorithm>

namespace gantry::engine {

namespace {

using Options = std::vector<std::string>;

bool maps_gid(const SpecInput& input, std::uint32_t gid) {
  if (!input.maps) return true;
  return std::ranges::any_of(
      input.maps->gids, [gid](const linux::IdMap& map) { return gid >= map.inside && gid - map.inside < map.count; });
}

oci::Mount host_bind(const char* path, Options options) { return {path, "bind", path, std::move(options)}; }

/// procfs, sysfs and mqueue show a namespace, and only whoever owns that may mount them: in a user namespace the
/// host's are bound where its namespace is used.
bool must_bind(const SpecInput& input, const NamespaceUse& use) { return input.maps && !use.own && use.path.empty(); }

oci::Mount proc_mount(const SpecInput& input) {
  Options options{"nosuid", "noexec", "nodev"};
  if (must_bind(input, input.namespaces.pid)) {
    options.insert(options.end(), {"rbind", "rslave"});
    return host_bind("/proc", std::move(options));
  }
  return {"/proc", "proc", "proc", std::move(options)};
}

oci::Mount sysfs_mount(const SpecInput& input) {
  const char* access = input.config.privileged ? "rw" : "ro";
  if (must_bind(input, input.namespaces.network))
    return host_bind("/sys", {"rbind", "nosuid", "noexec", "nodev", access, "rslave"});
  return {"/sys", "sysfs", "sysfs", {"nosuid", "noexec", "nodev", access}};
}

/// Not every host has one.
std::optional<oci::Mount> mqueue_mount(const SpecInput& input) {
  constexpr const char* kPath = "/dev/mqueue";
  if (must_bind(input, input.namespaces.ipc)) {
    if (!path_exists(kPath)) return {};
    return host_bind(kPath, {"rbind", "nosuid", "noexec", "nodev"});
  }
  return oci::Mount{kPath, "mqueue", "mqueue", {"nosuid", "noexec", "nodev"}};
}

/// /dev/shm goes with the host's IPC namespace. That of another container is in its mount namespace, out of reach.
std::optional<oci::Mount> shm_mount(const SpecInput& input) {
  const NamespaceUse& ipc = input.namespaces.ipc;
  if (input.config.ipc == "none") return {};
  Options options{"nosuid", "noexec", "nodev"};
  if (!ipc.own && ipc.path.empty()) {
    options.emplace_back("rbind");
    return host_bind("/dev/shm", std::move(options));
  }
  options.emplace_back("mode=1777");
  if (input.config.shm_size != 0) options.push_back(fmt::format("size={}", input.config.shm_size));
  return oci::Mount{"/dev/shm", "tmpfs", "shm", std::move(options)};
}

/// The mounts that every container has: runtime-spec config-linux.md, "Default Filesystems", with docker's options.
std::vector<oci::Mount> standard_mounts(const SpecInput& input) {
  Options pts{"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"};
  constexpr std::uint32_t kTtyGroup = 5;
  if (maps_gid(input, kTtyGroup)) pts.push_back(fmt::format("gid={}", kTtyGroup));
  const bool systemd = is_systemd(input.config);
  const char* cgroup_access = input.config.privileged || systemd ? "rw" : "ro";
  std::vector<oci::Mount> mounts{
      proc_mount(input),
      {"/dev", "tmpfs", "tmpfs", {"nosuid", "noexec", "strictatime", "mode=755", "size=65536k"}},
      {"/dev/pts", "devpts", "devpts", std::move(pts)},
      sysfs_mount(input),
      {"/sys/fs/cgroup", "cgroup", "cgroup", {"nosuid", "noexec", "nodev", "relatime", cgroup_access}},
  };
  if (auto mqueue = mqueue_mount(input)) mounts.push_back(std::move(*mqueue));
  if (auto shm = shm_mount(input)) mounts.push_back(std::move(*shm));
  // As podman does: programs expect to write there.
  if (input.config.read_only && !input.config.no_read_only_tmpfs)
    for (const char* path : {"/run", "/tmp", "/var/tmp"})
      mounts.push_back({path, "tmpfs", "tmpfs", {"nosuid", "nodev", "tmpcopyup"}});
  if (systemd) std::ranges::move(systemd_mounts(input.config), std::back_inserter(mounts));
  return mounts;
}

Result<oci::Mount> user_mount(const Mount& mount) {
  if (mount.target == "/") return fail(Code::invalid, "cannot mount {} on / of the container", mount.source);
  struct stat info;
  if (mount.type == "bind" && stat(mount.source.c_str(), &info) < 0)
    return Error::system("mount {} on {}", mount.source, mount.target)
        .with_cure(fmt::format("create it, or drop -v {}:{}", mount.source, mount.target));
  return oci::Mount{mount.target, mount.type, mount.source, mount.options};
}

std::ptrdiff_t depth(const oci::Mount& mount) { return std::ranges::count(mount.destination, '/'); }

/// /etc/hosts and its kin, also in the further roots of --chrootdirs.
void add_files(const SpecInput& input, std::vector<oci::Mount>& mounts) {
  for (const auto& file : input.files) {
    mounts.push_back({file.target, file.type, file.source, file.options});
    for (const auto& root : input.config.chroot_dirs)
      mounts.push_back({root + file.target, file.type, file.source, file.options});
  }
}

}  // namespace

Result<std::vector<oci::Mount>> build_mounts(const SpecInput& input) {
  std::vector<oci::Mount> mounts;
  for (const auto& mount : input.root_mounts) mounts.push_back({mount.target, mount.type, mount.source, mount.options});
  std::ranges::move(standard_mounts(input), std::back_inserter(mounts));
  add_files(input, mounts);

  std::vector<oci::Mount> asked;
  for (const auto& mount : input.mounts) {
    asked.push_back(TRY(user_mount(mount)));
    std::erase_if(mounts, [&](const oci::Mount& other) { return other.destination == mount.target; });
  }
  // A mount would hide those below it that came earlier.
  std::ranges::stable_sort(asked, {}, depth);
  std::ranges::move(asked, std::back_inserter(mounts));
  return mounts;
}

}  // namespace gantry::engine
