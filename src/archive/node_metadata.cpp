#include "archive/node_metadata.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <limits>

namespace gantry::archive {

bool is_layer_xattr(std::string_view name) {
  if (name.starts_with("user.overlay.") || name.starts_with("trusted.overlay.")) return false;
  return name == "security.capability" || name.starts_with("user.") || name.starts_with("trusted.");
}

namespace {

timespec to_timespec(Timestamp time) {
  std::int64_t seconds = time / kSecond;
  std::int64_t rest = time % kSecond;
  if (rest < 0) {
    rest += kSecond;
    --seconds;
  }
  return {seconds, rest};
}

std::array<timespec, 2> times_of(const Entry& entry) {
  return {to_timespec(entry.atime.value_or(entry.mtime)), to_timespec(entry.mtime)};
}

Error owner_error(const Entry& entry) {
  if (errno == EINVAL)
    return fail(Code::unsupported, "its owner {}:{} is not mapped in this user namespace", entry.uid, entry.gid)
        .with_cure("give the user more ids in /etc/subuid and /etc/subgid");
  return Error::system("give it to {}:{}", entry.uid, entry.gid);
}

Result<> check_owner(const Entry& entry) {
  // The highest number means "leave it" to chown(2).
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max() - 1;
  if (entry.uid > kMost || entry.gid > kMost)
    return fail(Code::invalid, "its owner {}:{} is out of range", entry.uid, entry.gid);
  return {};
}

Result<> set_xattrs(const Fd& fd, const Entry& entry, const ExtractOptions& options) {
  for (const auto& [name, value] : entry.xattrs) {
    if (!is_layer_xattr(name) || fsetxattr(fd.get(), name.c_str(), value.data(), value.size(), 0) == 0) continue;
    // Attributes are a courtesy where the file system or our rights do not have them; a capability is not, unless all
    // owners are given up as well.
    bool is_capability = name == "security.capability";
    bool is_missing = errno == EOPNOTSUPP || (errno == EPERM && !name.starts_with("user."));
    if (!is_missing || (is_capability && !options.ignore_owner)) return Error::system("set its attribute {}", name);
  }
  return {};
}

}  // namespace

Result<> set_metadata(const Fd& fd, const Entry& entry, const ExtractOptions& options) {
  if (!options.ignore_owner) {
    TRY(check_owner(entry));
    if (fchown(fd.get(), static_cast<uid_t>(entry.uid), static_cast<gid_t>(entry.gid)) < 0) return owner_error(entry);
  }
  // After chown(2), which removes capabilities, and before a mode that may forbid it.
  if (options.xattrs) TRY(set_xattrs(fd, entry, options));
  if (fchmod(fd.get(), entry.mode) < 0) return Error::system("set its mode {:o}", entry.mode);
  auto times = times_of(entry);
  if (futimens(fd.get(), times.data()) < 0) return Error::system("set its times");
  return {};
}

Result<> set_metadata_at(int dir, const std::string& name, const Entry& entry, const ExtractOptions& options) {
  if (!options.ignore_owner) {
    TRY(check_owner(entry));
    if (fchownat(dir, name.c_str(), static_cast<uid_t>(entry.uid), static_cast<gid_t>(entry.gid), AT_SYMLINK_NOFOLLOW) <
        0)
      return owner_error(entry);
  }
  if (entry.kind != Kind::symlink && fchmodat(dir, name.c_str(), entry.mode, 0) < 0)
    return Error::system("set its mode {:o}", entry.mode);
  auto times = times_of(entry);
  if (utimensat(dir, name.c_str(), times.data(), AT_SYMLINK_NOFOLLOW) < 0) return Error::system("set its times");
  return {};
}

Result<> set_opaque(const Fd& folder, bool user_xattr) {
  const char* name = user_xattr ? "user.overlay.opaque" : "trusted.overlay.opaque";
  if (fsetxattr(folder.get(), name, "y", 1, 0) < 0) return Error::system("make it opaque ({})", name);
  return {};
}

}  // namespace gantry::archive
