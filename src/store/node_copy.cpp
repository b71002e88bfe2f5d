#include "store/node_copy.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "linux/copy_data.hpp"

#include <fcntl.h>
#include <limits.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

namespace gantry::store {

namespace {

bool is_mark(const std::string& name) {
  return name.starts_with("trusted.overlay.") || name.starts_with("user.overlay.");
}

/// Names of attributes. None where the file system has no attributes.
Result<std::vector<std::string>> names_of(const Fd& file) {
  std::array<char, XATTR_LIST_MAX> list;
  const ssize_t size = flistxattr(file.get(), list.data(), list.size());
  if (size < 0 && errno != EOPNOTSUPP) return Error::system("list its attributes");
  std::vector<std::string> names;
  for (auto& name : split(std::string_view(list.data(), size < 0 ? 0 : static_cast<std::size_t>(size)), '\0'))
    if (!name.empty() && !is_mark(name)) names.push_back(std::move(name));
  return names;
}

Result<> copy_xattr(const Fd& from, const Fd& to, const std::string& name) {
  std::vector<char> value(XATTR_SIZE_MAX);
  const ssize_t size = fgetxattr(from.get(), name.c_str(), value.data(), value.size());
  if (size < 0) return errno == ENODATA || errno == EPERM ? Result<>() : Error::system("read its attribute {}", name);
  if (fsetxattr(to.get(), name.c_str(), value.data(), static_cast<std::size_t>(size), 0) == 0) return {};
  const bool is_allowed = errno == EOPNOTSUPP || errno == EPERM || errno == EACCES;
  if (is_allowed && name != "security.capability") return {};
  return Error::system("set its attribute {}", name);
}

Result<> copy_xattrs(const Fd& from, const Fd& to) {
  const auto names = TRY(names_of(from));
  for (const auto& old : TRY(names_of(to)))
    if (std::ranges::find(names, old) == names.end()) fremovexattr(to.get(), old.c_str());
  for (const auto& name : names) TRY(copy_xattr(from, to, name));
  return {};
}

Result<> copy_file(const Fd& from, const Fd& to, const std::string& name) {
  const Fd source = TRY(open_at(from.get(), name, O_RDONLY | O_NOFOLLOW));
  const Fd copy = TRY(open_at(to.get(), name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
  TRY(linux::copy_data(source, copy));
  return copy_attributes(source, copy);
}

Result<> copy_link(const Fd& from, const Fd& to, const std::string& name) {
  std::array<char, PATH_MAX> target;
  const ssize_t length = readlinkat(from.get(), name.c_str(), target.data(), target.size() - 1);
  if (length < 0) return Error::system("read the link");
  target[static_cast<std::size_t>(length)] = 0;
  if (symlinkat(target.data(), to.get(), name.c_str()) < 0) return Error::system("make the link");
  return {};
}

}  // namespace

Result<> copy_attributes(const Fd& from, const Fd& to) {
  struct stat info;
  if (fstat(from.get(), &info) < 0) return Error::system("look at it");
  if (fchown(to.get(), info.st_uid, info.st_gid) < 0)
    return Error::system("give it to {}:{}", info.st_uid, info.st_gid);
  // After chown(2), which removes capabilities, and before a mode that may forbid it.
  TRY(copy_xattrs(from, to));
  if (fchmod(to.get(), info.st_mode & 07777) < 0) return Error::system("set its mode");
  const timespec times[2] = {info.st_atim, info.st_mtim};
  if (futimens(to.get(), times) < 0) return Error::system("set its times");
  return {};
}

Result<> copy_node(const Fd& from, const Fd& to, const std::string& name, const struct stat& info) {
  if (S_ISREG(info.st_mode)) return copy_file(from, to, name);
  if (S_ISLNK(info.st_mode)) TRY(copy_link(from, to, name));
  else if (mknodat(to.get(), name.c_str(), info.st_mode, info.st_rdev) < 0) return Error::system("make it");
  if (fchownat(to.get(), name.c_str(), info.st_uid, info.st_gid, AT_SYMLINK_NOFOLLOW) < 0)
    return Error::system("give it to {}:{}", info.st_uid, info.st_gid);
  if (!S_ISLNK(info.st_mode) && fchmodat(to.get(), name.c_str(), info.st_mode & 07777, 0) < 0)
    return Error::system("set its mode");
  const timespec times[2] = {info.st_atim, info.st_mtim};
  if (utimensat(to.get(), name.c_str(), times, AT_SYMLINK_NOFOLLOW) < 0) return Error::system("set its times");
  return {};
}

}  // namespace gantry::store
