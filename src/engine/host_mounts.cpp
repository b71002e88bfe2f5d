#include "engine/host_mounts.hpp"

#include "base/file.hpp"
#include "linux/mount.hpp"
#include "linux/mount_point.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace gantry::engine {

namespace {

Result<> mount_at(const std::string& path, const std::function<Result<Fd>()>& tree) {
  Fd mounted = TRY(tree());
  Fd target = TRY(open_file(path, O_PATH | O_DIRECTORY | O_NOFOLLOW));
  return linux::attach_mount(mounted, target);
}

}  // namespace

std::vector<std::string> HostMounts::ids() const {
  auto ids = list_folder(folder_);
  return ids ? std::move(*ids) : std::vector<std::string>();
}

bool HostMounts::has(const std::string& id) const { return path_exists(path(id)); }

Result<std::string> HostMounts::mount(const std::string& id, const std::string& what,
                                      const std::function<Result<Fd>()>& tree) const {
  std::string place = path(id);
  TRY(make_folders(place, 0700));
  Lock alone = TRY(Lock::take(folder_, Lock::Mode::exclusive));
  TRY(make_folders(place, 0700));  // whoever was here before us may have unmounted it
  if (linux::is_mount_point(place)) return place;
  auto mounted = mount_at(place, tree);
  if (mounted) return place;
  rmdir(place.c_str());
  Error error = std::move(mounted.error()).with_context("mount " + what);
  if (error.code() != Code::denied) return error;
  return std::move(error).with_cure("mounting takes root, or a user namespace: unshare --map-root-user --mount");
}

Result<> HostMounts::unmount(const std::string& id, const std::string& what, bool force) const {
  const std::string place = path(id);
  if (!path_exists(place)) return fail(Code::not_found, "{} is not mounted", what);
  Lock alone = TRY(Lock::take(folder_, Lock::Mode::exclusive));
  if (linux::is_mount_point(place) && umount2(place.c_str(), UMOUNT_NOFOLLOW | (force ? MNT_DETACH : 0)) < 0) {
    if (errno == EBUSY) return fail(Code::busy, "{} is in use at {}", what, place).with_cure("leave it, or --force");
    return Error::system("unmount {}", place);
  }
  if (rmdir(place.c_str()) < 0 && errno != ENOENT) {
    if (errno == EBUSY)
      return fail(Code::busy, "{} is mounted in another mount namespace", what)
          .with_cure("unmount it there, or leave that namespace");
    return Error::system("remove folder {}", place);
  }
  return {};
}

}  // namespace gantry::engine
