#include "base/file.hpp"
#include "engine/state.hpp"
#include "linux/mount.hpp"
#include "store/merged.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

// An image that is mounted has a folder <run root>/images/<id>. The folder is also the record: as long as it is there
// the image stays, also when its mount is in another mount namespace than ours.

namespace gantry::engine {

namespace {

std::string mounts_folder(const Settings& settings) { return settings.run_root + "/images"; }

bool is_mount_point(const std::string& path) {
  struct statx info;
  return statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &info) == 0 &&
         (info.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

Result<> mount_at(const store::Store& store, const store::Image& image, const std::string& path) {
  Fd tree = TRY(store::open_merged(store, TRY(store.layers().paths(image.config))));
  Fd target = TRY(open_file(path, O_PATH | O_DIRECTORY | O_NOFOLLOW));
  return linux::attach_mount(tree, target);
}

}  // namespace

std::vector<std::string> Engine::State::mounted_images() const {
  auto ids = list_folder(mounts_folder(settings));
  return ids ? std::move(*ids) : std::vector<std::string>();
}

Result<std::string> Engine::mount_image(const std::string& name) {
  const store::Store& store = *TRY(state_->store());
  Lock used = TRY(store.use());  // not collected before the folder is there
  const auto image = TRY(store.images().find(name));
  if (image.config.rootfs.diff_ids.empty()) return fail(Code::unsupported, "image '{}' has no layers to mount", name);
  std::string path = mounts_folder(state_->settings) + "/" + image.id;
  TRY(make_folders(path, 0700));
  Lock alone = TRY(Lock::take(mounts_folder(state_->settings), Lock::Mode::exclusive));
  TRY(make_folders(path, 0700));  // whoever was here before us may have unmounted it
  if (is_mount_point(path)) return path;
  auto mounted = mount_at(store, image, path);
  if (mounted) return path;
  rmdir(path.c_str());
  Error error = std::move(mounted.error()).with_context(fmt::format("mount image '{}'", name));
  if (error.code() != Code::denied) return error;
  return std::move(error).with_cure("mounting takes root, or a user namespace: unshare --map-root-user --mount");
}

Result<std::string> Engine::unmount_image(const std::string& name, bool force) {
  const auto image = TRY(TRY(state_->store())->images().find(name));
  std::string folder = mounts_folder(state_->settings), path = folder + "/" + image.id;
  if (!path_exists(path)) return fail(Code::not_found, "image '{}' is not mounted", name);
  Lock alone = TRY(Lock::take(folder, Lock::Mode::exclusive));
  if (is_mount_point(path) && umount2(path.c_str(), UMOUNT_NOFOLLOW | (force ? MNT_DETACH : 0)) < 0) {
    if (errno == EBUSY)
      return fail(Code::busy, "image '{}' is in use at {}", name, path).with_cure("leave it, or --force");
    return Error::system("unmount {}", path);
  }
  if (rmdir(path.c_str()) < 0 && errno != ENOENT) {
    if (errno == EBUSY)
      return fail(Code::busy, "image '{}' is mounted in another mount namespace", name)
          .with_cure("unmount it there, or leave that namespace");
    return Error::system("remove folder {}", path);
  }
  return image.id;
}

Result<std::vector<ImageMount>> Engine::mounted_images() {
  const auto ids = state_->mounted_images();
  std::vector<ImageMount> mounts;
  if (ids.empty()) return mounts;
  for (const auto& image : TRY(TRY(state_->store())->images().list()))
    if (std::ranges::find(ids, image.id) != ids.end())
      mounts.push_back({image, mounts_folder(state_->settings) + "/" + image.id});
  return mounts;
}

}  // namespace gantry::engine
