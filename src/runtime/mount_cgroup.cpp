#include "base/file.hpp"
#include "base/text.hpp"
#include "linux/cgroup.hpp"
#include "linux/cgroup_mounts.hpp"
#include "linux/mount.hpp"
#include "runtime/mount_job.hpp"

#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace gantry::runtime {

namespace {

bool is_in(std::string_view folder, std::string_view mount_point) {
  return folder.starts_with(mount_point) && (folder.size() == mount_point.size() || folder[mount_point.size()] == '/');
}

/// A hierarchy is mounted under the name that it has on the host, and its controllers are links to it.
Result<> mount_hierarchy(const MountJob& job, const linux::CgroupMount& hierarchy, const std::string& folder,
                         const Fd& tmpfs) {
  std::string name(cut_last(hierarchy.folder, '/').after);
  Fd part = TRY(linux::clone_mount(kHere, folder, false));
  TRY(linux::change_mount(part, {.set = job.prepared.options.flags.set, .propagation = MS_PRIVATE}, false));
  TRY(linux::attach_mount(part, TRY(linux::open_or_make_in_root(tmpfs, name, linux::NodeKind::folder))));
  for (const auto& controller : split(hierarchy.controllers, ','))
    if (controller != name && !controller.empty() && symlinkat(name.c_str(), tmpfs.get(), controller.c_str()) < 0)
      return Error::system("make link {}", controller);
  return {};
}

/// v1: a tmpfs with one folder per hierarchy, each the container's own cgroup.
Result<> mount_v1(const MountJob& job) {
  std::uint64_t read_only = job.prepared.options.flags.set & MOUNT_ATTR_RDONLY;
  Fd tmpfs = TRY(linux::make_mount("tmpfs", "tmpfs", {{"mode", "755"}}, job.prepared.options.flags.set & ~read_only));
  TRY(put_in_place(job, tmpfs, linux::NodeKind::folder));
  for (const auto& folder : job.cgroup_folders)
    for (const auto& hierarchy : linux::cgroup_mounts())
      if (is_in(folder, hierarchy.folder)) {
        TRY(mount_hierarchy(job, hierarchy, folder, tmpfs));
        break;
      }
  if (read_only != 0) TRY(linux::change_mount(tmpfs, {.set = MOUNT_ATTR_RDONLY}, false));
  return {};
}

Result<> mount_v2(const MountJob& job) {
  if (oci::find_namespace(job.request.spec, oci::NamespaceType::cgroup) != nullptr) {
    auto mount = linux::make_mount("cgroup2", "cgroup", {}, job.prepared.options.flags.set);
    if (mount) return put_in_place(job, *mount, linux::NodeKind::folder);
    // A user namespace without a cgroup namespace of its own may not.
    if (mount.error().os_error() != EPERM) return std::move(mount.error());
  }
  bool has_own = !job.cgroup_folders.empty();
  Fd mount = TRY(
      linux::clone_mount(kHere, has_own ? job.cgroup_folders.front() : linux::cgroup_mounts().front().folder, true));
  // The caller's cgroups are not the container's to change (CVE-2023-25809).
  std::uint64_t attributes = job.prepared.options.flags.set | (has_own ? 0 : MOUNT_ATTR_RDONLY);
  TRY(linux::change_mount(mount, {.set = attributes, .propagation = MS_PRIVATE}, true));
  return put_in_place(job, mount, linux::NodeKind::folder);
}

}  // namespace

Result<> mount_cgroup(const MountJob& job) {
  switch (linux::cgroup_mode()) {
    case linux::CgroupMode::none:
      return {};
    case linux::CgroupMode::v2:
      return mount_v2(job);
    default:
      return mount_v1(job);
  }
}

}  // namespace gantry::runtime
