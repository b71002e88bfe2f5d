#include "base/file.hpp"
#include "base/text.hpp"
#include "linux/cgroup.hpp"
#include "linux/mount.hpp"
#include "linux/path.hpp"
#include "runtime/copy_up.hpp"
#include "runtime/mount_options.hpp"
#include "runtime/rootfs.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

namespace gantry::runtime {

namespace {

/// One entry of `mounts` with what is needed to carry it out.
struct Job {
  const CreateRequest& request;
  const oci::Mount& mount;
  const std::vector<std::string>& cgroup_folders;
  MountOptions options;
  Rootfs& rootfs;
};

bool is_bind(const oci::Mount& mount, const MountOptions& options) {
  return options.bind != MountOptions::Bind::no || mount.type == "bind" || mount.type == "rbind";
}

Result<> apply_attributes(const Fd& mount, const MountOptions& options) {
  if (!is_empty(options.flags)) TRY(linux::change_mount(mount, options.flags, false));
  if (!is_empty(options.recursive)) TRY(linux::change_mount(mount, options.recursive, true));
  return {};
}

/// Propagation last: a shared mount would carry what is done to it to its peers.
Result<> put_in_place(const Job& job, const Fd& mount, linux::NodeKind kind) {
  const MountOptions& options = job.options;
  Fd target = TRY(linux::open_or_make_in_root(job.rootfs.root, job.mount.destination, kind));
  TRY(linux::attach_mount(mount, target));
  if (options.propagation != 0)
    TRY(linux::change_mount(mount, {.propagation = options.propagation}, options.propagation_recursive));
  return {};
}

Result<> bind(const Job& job) {
  const std::string& given = job.mount.source;
  std::string source = given.starts_with('/') ? given : job.request.bundle + "/" + given;
  auto opened = open_file(source, O_PATH);
  if (!opened) {
    Error error = std::move(opened.error());
    if (error.code() == Code::not_found) return std::move(error).with_cure("create it, or drop this mount");
    return error;
  }
  Fd object = std::move(*opened);
  struct stat info;
  if (fstat(object.get(), &info) < 0) return Error::system("look at {}", source);
  bool recursive = job.options.bind == MountOptions::Bind::tree || job.mount.type == "rbind";
  Fd mount = TRY(linux::clone_mount(object, recursive));
  // A bind of a shared host mount would carry mounts inside the container back to the host.
  std::uint64_t propagation = job.options.propagation == 0 ? MS_PRIVATE : MS_SLAVE;
  if (job.options.propagation != MS_SHARED) TRY(linux::change_mount(mount, {.propagation = propagation}, true));
  TRY(apply_attributes(mount, job.options));
  return put_in_place(job, mount, S_ISDIR(info.st_mode) ? linux::NodeKind::folder : linux::NodeKind::file);
}

bool has_option(const MountOptions& options, std::string_view key) {
  return std::any_of(options.data.begin(), options.data.end(), [&](const auto& option) { return option.first == key; });
}

/// proc, sysfs, tmpfs, devpts, mqueue and whatever else the kernel knows.
Result<> mount_file_system(const Job& job) {
  const std::string& type = job.mount.type;
  std::vector<linux::FsOption> data = job.options.data;
  if (type == "tmpfs" && !has_option(job.options, "mode")) {
    // The folder it covers says who may write there, as runc and crun have it.
    auto covered = linux::open_in_root(job.rootfs.root, job.mount.destination, O_PATH);
    struct stat info;
    if (covered && fstat(covered->get(), &info) == 0)
      data.emplace_back("mode", fmt::format("{:o}", info.st_mode & 07777));
  }
  Fd mount = TRY(linux::make_mount(type, job.mount.source.empty() ? type : job.mount.source, data,
                                   job.options.copy_up ? 0 : job.options.flags.set));
  if (job.options.copy_up) {
    if (auto covered = linux::open_in_root(job.rootfs.root, job.mount.destination, O_RDONLY | O_DIRECTORY))
      TRY(with_context(copy_tree(*covered, mount), "copy what {} covers", job.mount.destination));
    TRY(linux::change_mount(mount, job.options.flags, false));
  }
  TRY(put_in_place(job, mount, linux::NodeKind::folder));
  if (type == "proc") job.rootfs.proc = std::move(mount);
  else if (type == "devpts") job.rootfs.devpts = std::move(mount);
  return {};
}

bool has_cgroup_namespace(const CreateRequest& request) {
  return oci::find_namespace(request.spec, oci::NamespaceType::cgroup) != nullptr;
}

std::string folder_with(const std::vector<std::string>& folders, std::string_view mount_point) {
  for (const auto& folder : folders)
    if (folder.starts_with(mount_point) && (folder.size() == mount_point.size() || folder[mount_point.size()] == '/'))
      return folder;
  return {};
}

/// v1: a tmpfs with one folder per hierarchy, each the container's own cgroup.
Result<> mount_v1_cgroups(const Job& job) {
  Fd tmpfs = TRY(linux::make_mount("tmpfs", "tmpfs", {{"mode", "755"}},
                                   job.options.flags.set & ~std::uint64_t{MOUNT_ATTR_RDONLY}));
  TRY(put_in_place(job, tmpfs, linux::NodeKind::folder));
  for (const auto& folder : job.cgroup_folders) {
    // "/sys/fs/cgroup/<hierarchy>/…"
    std::string_view below = std::string_view(folder).substr(std::string_view("/sys/fs/cgroup/").size());
    std::string name(cut(below, '/').before);
    Fd part = TRY(linux::clone_mount(kHere, folder, false));
    TRY(linux::change_mount(part, {.set = job.options.flags.set, .propagation = MS_PRIVATE}, false));
    TRY(linux::attach_mount(part, TRY(linux::open_or_make_in_root(tmpfs, name, linux::NodeKind::folder))));
  }
  if (job.options.flags.set & MOUNT_ATTR_RDONLY) TRY(linux::change_mount(tmpfs, {.set = MOUNT_ATTR_RDONLY}, false));
  return {};
}

Result<> mount_v2_cgroup(const Job& job) {
  if (has_cgroup_namespace(job.request)) {
    auto mount = linux::make_mount("cgroup2", "cgroup", {}, job.options.flags.set);
    if (mount) return put_in_place(job, *mount, linux::NodeKind::folder);
    if (mount.error().os_error() != EPERM) return std::move(mount.error());
  }
  std::string own = folder_with(job.cgroup_folders, "/sys/fs/cgroup");
  Fd mount = TRY(linux::clone_mount(kHere, own.empty() ? "/sys/fs/cgroup" : own, true));
  TRY(linux::change_mount(mount, {.set = job.options.flags.set, .propagation = MS_PRIVATE}, true));
  return put_in_place(job, mount, linux::NodeKind::folder);
}

/// The `cgroup` type stands for whatever the host has.
Result<> mount_cgroup(const Job& job) {
  switch (linux::cgroup_mode()) {
    case linux::CgroupMode::none:
      return {};
    case linux::CgroupMode::v2:
      return mount_v2_cgroup(job);
    default:
      return mount_v1_cgroups(job);
  }
}

Result<> mount_one(Job job) {
  if (job.options.id_map != MountOptions::IdMap::no || !job.mount.uid_mappings.empty() ||
      !job.mount.gid_mappings.empty())
    return fail(Code::unsupported, "id-mapped mounts are not supported")
        .with_cure("drop uidMappings, gidMappings, idmap and ridmap");
  if (is_bind(job.mount, job.options)) return bind(job);
  if (job.mount.type == "cgroup" || job.mount.type == "cgroup2") return mount_cgroup(job);
  return mount_file_system(job);
}

}  // namespace

Result<> mount_all(const CreateRequest& request, const std::vector<std::string>& cgroup_folders, Rootfs& rootfs) {
  for (const auto& mount : request.spec.mounts) {
    auto options = parse_mount_options(mount.options);
    const std::string& source = mount.source.empty() ? mount.type : mount.source;
    if (!options) return std::move(options.error()).with_context(fmt::format("mount {}", mount.destination));
    TRY(with_context(mount_one({request, mount, cgroup_folders, std::move(*options), rootfs}), "mount {} on {}", source,
                     mount.destination));
  }
  return {};
}

}  // namespace gantry::runtime
