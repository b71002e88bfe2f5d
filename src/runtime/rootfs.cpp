#include "runtime/rootfs.hpp"

#include "base/file.hpp"
#include "linux/mount.hpp"
#include "linux/path.hpp"
#include "runtime/bundle.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace gantry::runtime {

namespace {

struct RootPropagation {
  std::uint64_t flag = MS_PRIVATE;
  bool recursive = true;
};

Result<RootPropagation> parse_propagation(std::string_view name) {
  if (name.empty()) return RootPropagation{};
  RootPropagation parsed{0, name.starts_with('r')};
  std::string_view word = parsed.recursive ? name.substr(1) : name;
  if (word == "private") parsed.flag = MS_PRIVATE;
  else if (word == "slave") parsed.flag = MS_SLAVE;
  else if (word == "shared") parsed.flag = MS_SHARED;
  else if (word == "unbindable") parsed.flag = MS_UNBINDABLE;
  else return fail(Code::invalid, "/linux/rootfsPropagation: '{}' is none of private, slave, shared, unbindable", name);
  return parsed;
}

std::string_view propagation_of(const oci::Spec& spec) {
  return spec.linux ? std::string_view(spec.linux->rootfs_propagation) : std::string_view();
}

/// Where a root that was made outside is mounted: any folder that everybody can reach, as it is left by pivot_root(2).
std::string place_in_reach() {
  for (const char* path : {"/mnt", "/media", "/srv", "/opt"})
    if (path_exists(path)) return path;
  return "/tmp";
}

std::string root_path(const CreateRequest& request) { return in_bundle(request.bundle, request.spec.root->path); }

}  // namespace

Result<> cut_off_host_mounts() {
  // What the host mounts later may still come in where a mount asks for it; nothing goes out.
  Fd host = TRY(open_file("/", O_PATH | O_DIRECTORY));
  return with_context(linux::change_mount(host, {.propagation = MS_SLAVE}, true), "cut off the host's mounts");
}

Result<Rootfs> mount_root(const CreateRequest& request, bool own_user_namespace, Fd prepared) {
  std::string path = prepared.valid() ? place_in_reach() : root_path(request);
  Fd place = TRY(with_context(open_file(path, O_PATH | O_DIRECTORY), "find the root of the container"));
  Rootfs rootfs;
  if (prepared.valid()) {
    rootfs.root = std::move(prepared);
  } else if (request.overlay) {
    linux::Overlay overlay{request.overlay->layers, request.overlay->upper, request.overlay->work, own_user_namespace};
    rootfs.root = TRY(linux::make_overlay(overlay, 0));
  } else {
    rootfs.root = TRY(with_context(linux::clone_mount(place, true), "{}", path));
  }
  // pivot_root(2) refuses a shared mount: that is what it becomes at the end, in finish_root().
  RootPropagation wanted = TRY(parse_propagation(propagation_of(request.spec)));
  std::uint64_t propagation = wanted.flag == MS_SLAVE ? MS_SLAVE : MS_PRIVATE;
  TRY(linux::change_mount(rootfs.root, {.propagation = propagation}, true));
  TRY(with_context(linux::attach_mount(rootfs.root, place), "mount the root on {}", path));
  return rootfs;
}

Result<> enter_root(const Rootfs& rootfs, bool no_pivot) {
  if (fchdir(rootfs.root.get()) < 0) return Error::system("enter the root of the container");
  if (no_pivot) {
    if (mount(".", "/", nullptr, MS_MOVE, nullptr) < 0) return Error::system("move the root of the container to /");
    if (chroot(".") < 0) return Error::system("change to the root of the container");
    return {};
  }
  // Both old and new root at ".": the old one ends up on top of the new one and is let go from there (pivot_root(2)).
  if (syscall(SYS_pivot_root, ".", ".") < 0) {
    Error error = Error::system("make the container's root the root");
    if (error.os_error() == EINVAL) return std::move(error).with_cure("use --no-pivot when the host runs from a ramfs");
    return error;
  }
  if (umount2(".", MNT_DETACH) < 0) return Error::system("let go of the host's root");
  if (chdir("/") < 0) return Error::system("enter the root of the container");
  return {};
}

Result<> finish_root(const oci::Spec& spec, const Fd& root) {
  RootPropagation wanted = TRY(parse_propagation(propagation_of(spec)));
  if (!propagation_of(spec).empty() && wanted.flag != MS_PRIVATE)
    TRY(linux::change_mount(root, {.propagation = wanted.flag}, wanted.recursive));
  if (!spec.root->readonly) return {};
  return with_context(linux::change_mount(root, {.set = MOUNT_ATTR_RDONLY}, false), "make the root read-only");
}

}  // namespace gantry::runtime
