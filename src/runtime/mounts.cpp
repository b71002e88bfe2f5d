#include "base/file.hpp"
#include "base/text.hpp"
#include "linux/mount.hpp"
#include "runtime/bundle.hpp"
#include "runtime/container_init.hpp"
#include "runtime/copy_up.hpp"
#include "runtime/mount_job.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

namespace gantry::runtime {

namespace {

Result<> apply_attributes(const Fd& mount, const MountOptions& options) {
  if (!is_empty(options.flags)) TRY(linux::change_mount(mount, options.flags, false));
  if (!is_empty(options.recursive)) TRY(linux::change_mount(mount, options.recursive, true));
  return {};
}

Result<> map_ids(const Fd& mount, const PreparedMount& prepared) {
  if (!prepared.user_namespace.valid()) return {};
  bool recursive = prepared.options.id_map == MountOptions::IdMap::tree;
  const linux::MountChange change{.set = MOUNT_ATTR_IDMAP, .user_namespace = prepared.user_namespace.get()};
  return with_context(linux::change_mount(mount, change, recursive),
                      "map its ids, which its file system must know how to");
}

Result<> bind(const MountJob& job) {
  if (std::ranges::find(job.request.filled, job.mount.destination) != job.request.filled.end())
    TRY(with_context(fill_from_covered(job), "fill it with what the image has there"));
  Fd made = job.prepared.tree.valid() ? Fd() : TRY(make_bind(job.request, job.mount, job.prepared));
  const Fd& mount = made.valid() ? made : job.prepared.tree;
  struct stat info;
  if (fstat(mount.get(), &info) < 0) return Error::system("look at {}", job.mount.source);
  return put_in_place(job, mount, S_ISDIR(info.st_mode) ? linux::NodeKind::folder : linux::NodeKind::file);
}

/// Only what is asked for changes. The attributes are those of the mount here, as its file system may be the host's.
Result<> remount(const MountJob& job) {
  Fd place = TRY(linux::open_in_root(job.rootfs.root, job.mount.destination, O_PATH));
  const MountOptions& options = job.prepared.options;
  TRY(apply_attributes(place, options));
  if (!options.data.empty() && options.bind == MountOptions::Bind::no) TRY(linux::reconfigure(place, options.data));
  if (options.propagation == 0) return {};
  return linux::change_mount(place, {.propagation = options.propagation}, options.propagation_recursive);
}

bool has_option(const MountOptions& options, std::string_view key) {
  return std::any_of(options.data.begin(), options.data.end(), [&](const auto& option) { return option.first == key; });
}

/// Those of the kernel's own that have labels by policy are left alone, as runc does.
bool takes_label(std::string_view type) { return type != "proc" && type != "sysfs" && type != "mqueue"; }

/// proc, sysfs, tmpfs, devpts, mqueue and whatever else the kernel knows.
Result<> mount_file_system(const MountJob& job) {
  const std::string& type = job.mount.type;
  const MountOptions& options = job.prepared.options;
  if (options.copy_up && type != "tmpfs") return fail(Code::invalid, "'tmpcopyup' is an option of tmpfs alone");
  std::vector<linux::FsOption> data = options.data;
  if (takes_label(type) && !job.request.spec.linux->mount_label.empty())
    data.emplace_back("context", job.request.spec.linux->mount_label);
  // A read-only disk cannot be opened for writing; other file systems may be shared and are read-only by mount.
  if (job.mount.source.starts_with('/') && (options.flags.set & MOUNT_ATTR_RDONLY)) data.emplace_back("ro", "");
  if (type == "tmpfs" && !has_option(options, "mode")) {
    // The folder it covers says who may write there, as runc and crun have it.
    auto covered = linux::open_in_root(job.rootfs.root, job.mount.destination, O_PATH);
    struct stat info;
    if (covered && fstat(covered->get(), &info) == 0)
      data.emplace_back("mode", fmt::format("{:o}", info.st_mode & 07777));
  }
  Fd mount = TRY(linux::make_mount(type, job.mount.source.empty() ? type : job.mount.source, data,
                                   options.copy_up ? 0 : options.flags.set));
  if (options.copy_up) {
    if (auto covered = linux::open_in_root(job.rootfs.root, job.mount.destination, O_RDONLY | O_DIRECTORY))
      TRY(with_context(copy_tree(*covered, mount), "copy what {} covers", job.mount.destination));
    TRY(linux::change_mount(mount, options.flags, false));
  }
  if (!is_empty(options.recursive)) TRY(linux::change_mount(mount, options.recursive, true));
  TRY(map_ids(mount, job.prepared));
  TRY(put_in_place(job, mount, linux::NodeKind::folder));
  if (type == "proc") job.rootfs.proc = std::move(mount);
  else if (type == "devpts") job.rootfs.devpts = std::move(mount);
  return {};
}

Result<> mount_layers(const MountJob& job, const OverlayRoot& layers) {
  const MountOptions& options = job.prepared.options;
  if (job.prepared.tree.valid()) return put_in_place(job, job.prepared.tree, linux::NodeKind::folder);
  const Fd mount =
      TRY(linux::make_overlay({layers.layers, layers.upper, layers.work, job.own_user_namespace}, options.flags.set));
  return put_in_place(job, mount, linux::NodeKind::folder);
}

Result<> mount_one(const MountJob& job) {
  if (job.prepared.options.remount) return remount(job);
  for (const auto& overlay : job.request.overlays)
    if (overlay.destination == job.mount.destination) return mount_layers(job, overlay.layers);
  bool bound = job.prepared.options.bind != MountOptions::Bind::no;
  if (linux::clean_path(job.mount.destination) == "/dev") job.rootfs.dev_is_bound = bound;
  if (bound) return bind(job);
  if (job.mount.type == "cgroup" || job.mount.type == "cgroup2") return mount_cgroup(job);
  return mount_file_system(job);
}

}  // namespace

Result<Fd> make_bind(const CreateRequest& request, const oci::Mount& mount, const PreparedMount& prepared) {
  const MountOptions& options = prepared.options;
  if (options.copy_up) return fail(Code::invalid, "'tmpcopyup' is an option of tmpfs alone");
  auto object = open_file(in_bundle(request.bundle, mount.source), O_PATH);
  if (!object && object.error().code() == Code::not_found)
    return std::move(object.error()).with_cure("create it, or drop this mount");
  Fd tree = TRY(linux::clone_mount(TRY(std::move(object)), options.bind == MountOptions::Bind::tree));
  // A bind of a shared host mount would carry mounts inside the container back to the host.
  std::uint64_t propagation = options.propagation == 0 ? MS_PRIVATE : MS_SLAVE;
  if (options.propagation != MS_SHARED) TRY(linux::change_mount(tree, {.propagation = propagation}, true));
  TRY(apply_attributes(tree, options));
  TRY(map_ids(tree, prepared));
  return tree;
}

/// Propagation last: a shared mount would carry what is done to it to its peers.
Result<> put_in_place(const MountJob& job, const Fd& mount, linux::NodeKind kind) {
  const MountOptions& options = job.prepared.options;
  // Masked and read-only paths are looked up through these two later on: a link on the way could be turned elsewhere in
  // between by whoever shares a volume with us (CVE-2019-19921, CVE-2023-27561).
  bool plain = job.mount.type == "proc" || job.mount.type == "sysfs";
  Fd target = TRY(plain ? linux::open_or_make_plain_folder(job.rootfs.root, job.mount.destination)
                        : linux::open_or_make_in_root(job.rootfs.root, job.mount.destination, kind));
  TRY(linux::attach_mount(mount, target));
  if (options.propagation != 0)
    TRY(linux::change_mount(mount, {.propagation = options.propagation}, options.propagation_recursive));
  return {};
}

Result<> mount_all(const InitPlan& plan, Rootfs& rootfs) {
  const CreateRequest& request = plan.request;
  for (std::size_t i = 0; i < request.spec.mounts.size(); ++i) {
    const oci::Mount& mount = request.spec.mounts[i];
    const std::string& source = mount.source.empty() ? mount.type : mount.source;
    TRY(with_context(
        mount_one({request, mount, plan.cgroup_folders, plan.prepared_mounts[i], rootfs, plan.own_user_namespace}),
        "mount {} on {}", source, mount.destination));
  }
  return {};
}

}  // namespace gantry::runtime
