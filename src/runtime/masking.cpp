#include "base/file.hpp"
#include "base/text.hpp"
#include "linux/mount.hpp"
#include "linux/path.hpp"
#include "runtime/rootfs.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace gantry::runtime {

namespace {

/// The object at `path`; an invalid Fd when there is none, which is as good as hidden.
Result<Fd> find(const Fd& root, const std::string& path) {
  auto found = linux::open_in_root(root, path, O_PATH);
  if (found) return found;
  int problem = found.error().os_error();
  if (problem == ENOENT || problem == ENOTDIR || problem == EACCES) return Fd();
  return found;
}

Result<Fd> open_null(const Fd& root) {
  Fd null = TRY(linux::open_in_root(root, "/dev/null", O_PATH | O_NOFOLLOW));
  struct stat info;
  if (fstat(null.get(), &info) < 0) return Error::system("look at /dev/null of the container");
  if (!S_ISCHR(info.st_mode) || info.st_rdev != makedev(1, 3))
    return fail(Code::denied, "/dev/null of the container is not the null device");
  return null;
}

/// What folders and files are hidden behind: made when first needed, and cloned for each.
class Masks {
 public:
  explicit Masks(const Fd& root) : root_(root) {}

  Result<Fd> clone_for(mode_t mode) {
    if (!S_ISDIR(mode)) {
      if (!null_.valid()) null_ = TRY(open_null(root_));
      return linux::clone_mount(null_, false);
    }
    if (!folder_.valid()) {
      folder_ = TRY(linux::make_mount("tmpfs", "tmpfs", {{"mode", "555"}}, MOUNT_ATTR_RDONLY));
      // The first is used as it is: only a mount in place may be cloned.
      return folder_.duplicate();
    }
    return linux::clone_mount(folder_, false);
  }

 private:
  const Fd& root_;
  Fd null_;
  Fd folder_;
};

}  // namespace

Result<> mask_paths(const std::vector<std::string>& paths, const Fd& root) {
  Masks masks(root);
  for (const auto& path : paths) {
    Fd object = TRY(with_context(find(root, path), "mask {}", path));
    if (!object.valid()) continue;
    struct stat info;
    if (fstat(object.get(), &info) < 0) return Error::system("look at {}", path);
    Fd mask = TRY(with_context(masks.clone_for(info.st_mode), "mask {}", path));
    TRY(with_context(linux::attach_mount(mask, object), "mask {}", path));
  }
  return {};
}

Result<> make_paths_readonly(const std::vector<std::string>& paths, const Fd& root) {
  for (const auto& path : paths) {
    Fd object = TRY(with_context(find(root, path), "make {} read-only", path));
    if (!object.valid()) continue;
    Fd copy = TRY(with_context(linux::clone_mount(object, true), "make {} read-only", path));
    TRY(linux::change_mount(copy, {.set = MOUNT_ATTR_RDONLY}, true));
    TRY(with_context(linux::attach_mount(copy, object), "make {} read-only", path));
  }
  return {};
}

Result<> write_sysctls(const std::map<std::string, std::string>& sysctls, const Fd& proc) {
  for (const auto& [key, value] : sysctls) {
    constexpr std::size_t kPage = 4096;
    if (value.size() >= kPage) return fail(Code::invalid, "/linux/sysctl/{}: the value is cut off by the kernel", key);
    std::string path = "sys/" + key;
    std::replace(path.begin(), path.end(), '.', '/');
    Fd file = TRY(with_context(linux::open_beneath(proc, path, O_WRONLY), "set sysctl {}", key));
    if (write(file.get(), value.data(), value.size()) < 0) return Error::system("set sysctl {} to '{}'", key, value);
  }
  return {};
}

}  // namespace gantry::runtime
