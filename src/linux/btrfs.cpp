#include "linux/btrfs.hpp"

#include "base/file.hpp"
#include "base/text.hpp"

#include <fcntl.h>
#include <linux/btrfs.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

namespace gantry::linux {

namespace {

constexpr ino_t kRootOfSubvolume = 256;  ///< BTRFS_FIRST_FREE_OBJECTID

struct NewName {
  Fd folder;
  std::string name;
};

Result<NewName> new_name(const std::string& path) {
  const Halves halves = cut_last(path, '/');
  return NewName{TRY(open_file(std::string(halves.before), O_RDONLY | O_DIRECTORY)), std::string(halves.after)};
}

/// The name as the ioctls take it.
template <class Arguments>
Result<> set_name(Arguments& arguments, const std::string& name) {
  if (name.size() >= sizeof arguments.name) return fail(Code::invalid, "the name '{}' is too long", name);
  name.copy(arguments.name, sizeof arguments.name - 1);
  return {};
}

bool is_subvolume_at(int folder, const std::string& name) {
  struct stat info;
  return fstatat(folder, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(info.st_mode) &&
         info.st_ino == kRootOfSubvolume;
}

Result<> drop_subvolume(const Fd& folder, const std::string& name) {
  btrfs_ioctl_vol_args arguments{};
  TRY(set_name(arguments, name));
  if (ioctl(folder.get(), BTRFS_IOC_SNAP_DESTROY, &arguments) < 0) return Error::system("remove subvolume {}", name);
  return {};
}

Result<> allow_writing(const Fd& subvolume) {
  std::uint64_t flags = 0;
  if (ioctl(subvolume.get(), BTRFS_IOC_SUBVOL_GETFLAGS, &flags) < 0) return Error::system("look at a subvolume");
  if ((flags & BTRFS_SUBVOL_RDONLY) == 0) return {};
  flags &= ~BTRFS_SUBVOL_RDONLY;
  if (ioctl(subvolume.get(), BTRFS_IOC_SUBVOL_SETFLAGS, &flags) < 0) return Error::system("make a subvolume writable");
  return {};
}

/// Also those that a container has made in its own.
Result<> allow_writing_below(const Fd& folder, const std::string& name) {
  auto opened = open_at(folder.get(), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!opened) return {};  // remove_tree() knows how to enter it, or says what is wrong
  if (is_subvolume_at(opened->get(), ".")) TRY(allow_writing(*opened));
  const auto names = list_folder_at(opened->get(), ".");
  if (!names) return {};
  for (const auto& below : *names) {
    struct stat info;
    if (fstatat(opened->get(), below.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(info.st_mode))
      TRY(allow_writing_below(*opened, below));
  }
  return {};
}

}  // namespace

bool on_btrfs(const std::string& path) {
  struct statfs info;
  return statfs(path.c_str(), &info) == 0 && info.f_type == BTRFS_SUPER_MAGIC;
}

bool is_subvolume(const std::string& path) { return on_btrfs(path) && is_subvolume_at(kHere, path); }

Result<> make_subvolume(const std::string& path) {
  const NewName place = TRY(new_name(path));
  btrfs_ioctl_vol_args arguments{};
  TRY(set_name(arguments, place.name));
  if (ioctl(place.folder.get(), BTRFS_IOC_SUBVOL_CREATE, &arguments) < 0)
    return Error::system("make subvolume {}", path);
  return {};
}

Result<> make_snapshot(const std::string& from, const std::string& path) {
  const Fd origin = TRY(open_file(from, O_RDONLY | O_DIRECTORY));
  const NewName place = TRY(new_name(path));
  btrfs_ioctl_vol_args_v2 arguments{};
  arguments.fd = origin.get();
  TRY(set_name(arguments, place.name));
  if (ioctl(place.folder.get(), BTRFS_IOC_SNAP_CREATE_V2, &arguments) < 0)
    return Error::system("make {}, a snapshot of {}", path, from);
  return {};
}

Result<> drop_subvolumes(const std::string& folder) {
  if (!on_btrfs(folder)) return {};
  const Fd opened = TRY(open_file(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  for (const auto& name : TRY(list_folder_at(opened.get(), ".")))
    if (is_subvolume_at(opened.get(), name) && !drop_subvolume(opened, name)) TRY(allow_writing_below(opened, name));
  return {};
}

}  // namespace gantry::linux
