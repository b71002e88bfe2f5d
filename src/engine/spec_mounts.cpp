#include "engine/spec.hpp"

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

oci::Mount sysfs_mount(const SpecInput& input) {
  const char* access = input.config.privileged ? "rw" : "ro";
  // sysfs shows the network namespace, and only its owner may mount it: with the host's network we bind the host's.
  if (input.maps && input.config.network == "host")
    return {"/sys", "bind", "/sys", {"rbind", "nosuid", "noexec", "nodev", access, "rslave"}};
  return {"/sys", "sysfs", "sysfs", {"nosuid", "noexec", "nodev", access}};
}

/// The mounts that every container has: runtime-spec config-linux.md, "Default Filesystems", with docker's options.
std::vector<oci::Mount> standard_mounts(const SpecInput& input) {
  Options pts{"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"};
  constexpr std::uint32_t kTtyGroup = 5;
  if (maps_gid(input, kTtyGroup)) pts.push_back(fmt::format("gid={}", kTtyGroup));
  const char* cgroup_access = input.config.privileged ? "rw" : "ro";
  std::vector<oci::Mount> mounts{
      {"/proc", "proc", "proc", {"nosuid", "noexec", "nodev"}},
      {"/dev", "tmpfs", "tmpfs", {"nosuid", "noexec", "strictatime", "mode=755", "size=65536k"}},
      {"/dev/pts", "devpts", "devpts", std::move(pts)},
      sysfs_mount(input),
      {"/sys/fs/cgroup", "cgroup", "cgroup", {"nosuid", "noexec", "nodev", "relatime", cgroup_access}},
      {"/dev/mqueue", "mqueue", "mqueue", {"nosuid", "noexec", "nodev"}},
      {"/dev/shm",
       "tmpfs",
       "shm",
       {"nosuid", "noexec", "nodev", "mode=1777", fmt::format("size={}", input.config.shm_size)}},
  };
  // As podman does: programs expect to write there.
  if (input.config.read_only)
    for (const char* path : {"/run", "/tmp", "/var/tmp"})
      mounts.push_back({path, "tmpfs", "tmpfs", {"nosuid", "nodev", "tmpcopyup"}});
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

}  // namespace

Result<std::vector<oci::Mount>> build_mounts(const SpecInput& input) {
  std::vector<oci::Mount> mounts;
  for (const auto& mount : input.root_mounts) mounts.push_back({mount.target, mount.type, mount.source, mount.options});
  std::ranges::move(standard_mounts(input), std::back_inserter(mounts));
  for (const auto& file : input.files) mounts.push_back({file.target, file.type, file.source, file.options});

  std::vector<oci::Mount> asked;
  for (const auto& mount : input.config.mounts) {
    asked.push_back(TRY(user_mount(mount)));
    std::erase_if(mounts, [&](const oci::Mount& other) { return other.destination == mount.target; });
  }
  // A mount would hide those below it that came earlier.
  std::ranges::stable_sort(asked, {}, depth);
  std::ranges::move(asked, std::back_inserter(mounts));
  return mounts;
}

}  // namespace gantry::engine
