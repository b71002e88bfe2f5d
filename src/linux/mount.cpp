#include "linux/mount.hpp"

#include "base/file.hpp"
#include "base/text.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace gantry::linux {

namespace {

/// The last message in the context's log, without its class ("e "): the reason behind an EINVAL.
std::string last_message(const Fd& context) {
  std::string last;
  std::array<char, 1024> buffer;
  ssize_t got;
  while ((got = read(context.get(), buffer.data(), buffer.size())) > 0) {
    std::string_view line = trim(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
    if (line.starts_with("e ")) last = line.substr(2);
  }
  return last;
}

Error fs_error(const Fd& context, std::string doing) {
  int problem = errno;
  std::string reason = last_message(context);
  Error error = Error::from_errno(problem, std::move(doing));
  return reason.empty() ? std::move(error) : std::move(error).with_cure(reason);
}

Result<> configure(const Fd& context, const std::string& type, const FsOption& option) {
  const auto& [key, value] = option;
  unsigned command = value.empty() && key != "source" ? FSCONFIG_SET_FLAG : FSCONFIG_SET_STRING;
  if (fsconfig(context.get(), command, key.c_str(), command == FSCONFIG_SET_FLAG ? nullptr : value.c_str(), 0) == 0)
    return {};
  return fs_error(context, fmt::format("set option {}{}{} of {}", key, value.empty() ? "" : "=", value, type));
}

Result<Fd> open_context(const std::string& type) {
  int fd = fsopen(type.c_str(), FSOPEN_CLOEXEC);
  if (fd < 0) return Error::system("open file system {}", type);
  return Fd(fd);
}

Result<Fd> finish(const Fd& context, const std::string& type, std::uint64_t attributes) {
  if (fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) < 0)
    return fs_error(context, fmt::format("create file system {}", type));
  int fd = fsmount(context.get(), FSMOUNT_CLOEXEC, static_cast<unsigned>(attributes));
  if (fd < 0) return fs_error(context, fmt::format("mount file system {}", type));
  return Fd(fd);
}

bool is_file(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

/// Steps of a build may make the same layer twice, which overlayfs refuses. The upper one of them says all that the
/// lower one does.
std::vector<std::string> distinct(const std::vector<std::string>& layers) {
  std::vector<std::string> kept;
  for (const auto& layer : layers)
    if (std::ranges::find(kept, layer) == kept.end()) kept.push_back(layer);
  return kept;
}

/// The layer by its name, or the mount that is made of it: that has no name to be found by (since Linux 6.13).
bool add_layer(const Fd& context, const std::string& path, const Fd& layer) {
  if (layer.valid()) return fsconfig(context.get(), FSCONFIG_SET_FD, "lowerdir+", nullptr, layer.get()) == 0;
  return fsconfig(context.get(), FSCONFIG_SET_STRING, "lowerdir+", path.c_str(), 0) == 0;
}

}  // namespace

Result<Fd> make_mount(const std::string& type, const std::string& source, const std::vector<FsOption>& options,
                      std::uint64_t attributes) {
  Fd context = TRY(open_context(type));
  if (!source.empty()) TRY(configure(context, type, {"source", source}));
  for (const auto& option : options) TRY(configure(context, type, option));
  return finish(context, type, attributes);
}

namespace {

/// Other files that the image has blocks of are found by names beside it, which end with ".1", ".2" and so on.
Result<Fd> mount_image(const std::string& path) {
  std::vector<FsOption> devices;
  for (int number = 1;; ++number) {
    std::string device = fmt::format("{}.{}", path, number);
    if (faccessat(AT_FDCWD, device.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) < 0) break;
    devices.emplace_back("device", std::move(device));
  }
  return make_mount("erofs", path, devices, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV);
}

}  // namespace

Result<Fd> open_layer(const std::string& path) {
  if (is_file(path)) return mount_image(path);
  Fd folder(open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid()) return Error::system("layer {}", path);
  return folder;
}

namespace {

Result<Fd> map_mount(Fd mount, int user_namespace) {
  TRY(change_mount(mount, {.set = MOUNT_ATTR_IDMAP, .user_namespace = user_namespace}, false));
  return mount;
}

/// A detached mount of a layer, or of a folder, by the maps of the overlay.
Result<Fd> mapped_layer(const std::string& path, int user_namespace) {
  Fd mount = is_file(path) ? TRY(mount_image(path)) : TRY(clone_mount(AT_FDCWD, path, false));
  return with_context(map_mount(std::move(mount), user_namespace), "map the ids of {}", path);
}

Result<> add_folder(const Fd& context, const char* key, const Fd& folder) {
  if (fsconfig(context.get(), FSCONFIG_SET_FD, key, nullptr, folder.get()) == 0) return {};
  return fs_error(context, fmt::format("add {} to the overlay", key));
}

/// Upper and work folder have to be on one mount: that of the folder which holds both.
Result<Fd> make_mapped_overlay(const Overlay& overlay, std::uint64_t attributes) {
  Fd context = TRY(open_context("overlay"));
  std::vector<Fd> mounts;
  for (const auto& layer : overlay.layers) {
    mounts.push_back(TRY(mapped_layer(layer, overlay.user_namespace)));
    TRY(add_folder(context, "lowerdir+", mounts.back()));
  }
  if (!overlay.upper.empty()) {
    const Halves upper = cut_last(overlay.upper, '/'), work = cut_last(overlay.work, '/');
    if (upper.before != work.before)
      return fail(Code::unsupported, "{} and {} are in different folders, which cannot be mapped together",
                  overlay.upper, overlay.work);
    mounts.push_back(TRY(mapped_layer(std::string(upper.before), overlay.user_namespace)));
    const int both = mounts.back().get();
    for (const auto& [key, name] : {std::pair{"upperdir", upper.after}, std::pair{"workdir", work.after}}) {
      Fd folder(openat(both, std::string(name).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
      if (!folder.valid()) return Error::system("open {}", name);
      TRY(add_folder(context, key, folder));
    }
  }
  return finish(context, "overlay", attributes);
}

}  // namespace

Result<Fd> make_overlay(const Overlay& overlay, std::uint64_t attributes) {
  if (overlay.user_namespace >= 0) return make_mapped_overlay(overlay, attributes);
  Fd context = TRY(open_context("overlay"));
  // One "lowerdir+" a layer: no 4096-byte limit on all of them together and no escaping (since Linux 6.5).
  bool separate = true;
  std::vector<Fd> images;  // closing one dissolves its mount: not before the overlay holds it
  for (const auto& layer : distinct(overlay.layers)) {
    images.push_back(is_file(layer) ? TRY(mount_image(layer)) : Fd());
    if (add_layer(context, layer, images.back())) continue;
    if (images.back().valid() || layer != overlay.layers.front() || errno != EINVAL)
      return fs_error(context, fmt::format("add layer {} to the overlay", layer));
    separate = false;
    break;
  }
  if (!separate) TRY(configure(context, "overlay", {"lowerdir", join(distinct(overlay.layers), ":")}));
  if (!overlay.upper.empty()) {
    TRY(configure(context, "overlay", {"upperdir", overlay.upper}));
    TRY(configure(context, "overlay", {"workdir", overlay.work}));
  }
  if (overlay.user_xattr) TRY(configure(context, "overlay", {"userxattr", ""}));
  return finish(context, "overlay", attributes);
}

Result<Fd> clone_mount(int dir, const std::string& path, bool recursive) {
  unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (recursive ? AT_RECURSIVE : 0u);
  int fd = open_tree(dir, path.c_str(), flags);
  if (fd < 0) return Error::system("bind {}", path);
  return Fd(fd);
}

Result<Fd> clone_mount(const Fd& object, bool recursive) {
  unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0u);
  int fd = open_tree(object.get(), "", flags);
  if (fd < 0) return Error::system("bind a mount");
  return Fd(fd);
}

Result<> change_mount(const Fd& mount, const MountChange& change, bool recursive) {
  mount_attr attributes{};
  attributes.attr_set = change.set;
  attributes.attr_clr = change.clear;
  attributes.propagation = change.propagation;
  if (change.user_namespace >= 0) attributes.userns_fd = static_cast<std::uint64_t>(change.user_namespace);
  if (mount_setattr(mount.get(), "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0u), &attributes, sizeof attributes) <
      0)
    return Error::system("set the attributes of a mount");
  return {};
}

Result<> reconfigure(const Fd& mount, const std::vector<FsOption>& options) {
  Fd context(fspick(mount.get(), "", FSPICK_CLOEXEC | FSPICK_EMPTY_PATH));
  if (!context.valid()) return Error::system("remount");
  for (const auto& option : options) TRY(configure(context, "the file system", option));
  if (fsconfig(context.get(), FSCONFIG_CMD_RECONFIGURE, nullptr, nullptr, 0) < 0) return fs_error(context, "remount");
  return {};
}

Result<> attach_mount(const Fd& mount, const Fd& target) {
  if (move_mount(mount.get(), "", target.get(), "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
    return Error::system("attach a mount");
  return {};
}

}  // namespace gantry::linux
