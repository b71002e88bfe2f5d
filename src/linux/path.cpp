#include "linux/path.hpp"

#include "base/file.hpp"
#include "base/text.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace gantry::linux {

namespace {

int openat2_raw(int dir, const std::string& path, int flags, unsigned mode, std::uint64_t resolve) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.mode = flags & (O_CREAT | O_TMPFILE) ? mode : 0;
  how.resolve = resolve;
  long fd;
  // EAGAIN: something was renamed while a ".." was being resolved; the kernel asks to try again.
  int tries = 128;
  do {
    fd = syscall(SYS_openat2, dir, path.c_str(), &how, sizeof how);
  } while (fd < 0 && (errno == EINTR || (errno == EAGAIN && --tries > 0)));
  return static_cast<int>(fd);
}

}  // namespace

Result<Fd> open_in_root(const Fd& root, std::string_view path, int flags, unsigned mode) {
  std::string inside(path.empty() ? "/" : path);
  int fd = openat2_raw(root.get(), inside, flags, mode, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
  if (fd < 0) return Error::system("open {} in the root", inside);
  return Fd(fd);
}

Result<Fd> open_beneath(const Fd& root, const std::string& path, int flags) {
  int fd = openat2_raw(root.get(), path, flags, 0, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV);
  if (fd < 0) return Error::system("open {}", path);
  return Fd(fd);
}

Result<Place> place_in_root(const Fd& root, std::string_view path) {
  std::string clean = clean_path(path);
  auto [folder, name, found] = cut_last(clean, '/');
  if (!found || name.empty()) return fail(Code::invalid, "'{}' names the root itself", path);
  return Place{TRY(open_or_make_in_root(root, folder, NodeKind::folder)), std::string(name)};
}

Result<Fd> open_or_make_in_root(const Fd& root, std::string_view path, NodeKind kind) {
  auto opened = open_in_root(root, path, O_PATH);
  if (opened || opened.error().os_error() != ENOENT) return opened;
  // Made one component at a time inside a held folder: mkdirat and O_CREAT|O_NOFOLLOW cannot follow a link that
  // someone puts there in between.
  Place place = TRY(place_in_root(root, path));
  const char* name = place.name.c_str();
  if (kind == NodeKind::folder) {
    if (mkdirat(place.folder.get(), name, 0755) < 0 && errno != EEXIST)
      return Error::system("create folder {} in the root", path);
  } else {
    TRY(with_context(open_at(place.folder.get(), place.name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0644),
                     "create file {} in the root", path));
  }
  return open_in_root(place.folder, place.name, O_PATH | O_NOFOLLOW);
}

Result<Fd> open_or_make_plain_folder(const Fd& root, std::string_view path) {
  constexpr int kFlags = O_PATH | O_DIRECTORY | O_NOFOLLOW;
  Fd folder = TRY(open_at(root.get(), ".", kFlags));
  for (const auto& part : split(clean_path(path), '/')) {
    if (part.empty()) continue;
    auto next = open_at(folder.get(), part, kFlags);
    if (!next && next.error().os_error() == ENOENT) {
      if (mkdirat(folder.get(), part.c_str(), 0755) < 0 && errno != EEXIST)
        return Error::system("create folder {} in the root", path);
      next = open_at(folder.get(), part, kFlags);
    }
    if (!next && next.error().os_error() == ENOTDIR)
      return fail(Code::denied, "{} of the image is a link, or no folder", path).with_cure("make it a plain folder");
    folder = TRY(std::move(next));
  }
  return folder;
}

std::string fd_path(const Fd& fd) { return fmt::format("/proc/self/fd/{}", fd.get()); }

std::string clean_path(std::string_view path) {
  std::vector<std::string> kept;
  for (auto& part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (!kept.empty()) kept.pop_back();
    } else {
      kept.push_back(std::move(part));
    }
  }
  return "/" + join(kept, "/");
}

}  // namespace gantry::linux
