#include "runtime/copy_up.hpp"

#include "base/file.hpp"
#include "linux/copy_data.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <limits.h>
#include <array>
#include <cerrno>

namespace gantry::runtime {

namespace {

/// Deeper trees than this are no image's /tmp or /run; the descriptors of each level are held.
constexpr int kMaxDepth = 64;

Result<> copy_owner_and_mode(const Fd& made, const struct stat& info, const std::string& name) {
  if (fchown(made.get(), info.st_uid, info.st_gid) < 0) return Error::system("set the owner of {}", name);
  if (fchmod(made.get(), info.st_mode & 07777) < 0) return Error::system("set the mode of {}", name);
  return {};
}

Result<> copy_file(const Fd& from, const Fd& to, const std::string& name, const struct stat& info) {
  Fd source = TRY(open_at(from.get(), name, O_RDONLY | O_NOFOLLOW));
  Fd copy = TRY(open_at(to.get(), name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
  TRY(with_context(linux::copy_data(source, copy), "{}", name));
  return copy_owner_and_mode(copy, info, name);
}

Result<> copy_link(const Fd& from, const Fd& to, const std::string& name, const struct stat& info) {
  std::array<char, PATH_MAX> target;
  ssize_t length = readlinkat(from.get(), name.c_str(), target.data(), target.size() - 1);
  if (length < 0) return Error::system("read link {}", name);
  target[static_cast<std::size_t>(length)] = 0;
  if (symlinkat(target.data(), to.get(), name.c_str()) < 0) return Error::system("make link {}", name);
  if (fchownat(to.get(), name.c_str(), info.st_uid, info.st_gid, AT_SYMLINK_NOFOLLOW) < 0)
    return Error::system("set the owner of {}", name);
  return {};
}

Result<> copy_level(const Fd& from, const Fd& to, int depth) {
  if (depth > kMaxDepth) return fail(Code::invalid, "folders are nested more than {} deep", kMaxDepth);
  for (const auto& name : TRY(list_folder_at(from.get(), "."))) {
    struct stat info;
    if (fstatat(from.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) < 0) return Error::system("look at {}", name);
    if (S_ISREG(info.st_mode)) {
      TRY(copy_file(from, to, name, info));
    } else if (S_ISLNK(info.st_mode)) {
      TRY(copy_link(from, to, name, info));
    } else if (S_ISDIR(info.st_mode)) {
      Fd source = TRY(open_at(from.get(), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
      if (mkdirat(to.get(), name.c_str(), 0700) < 0) return Error::system("create folder {}", name);
      Fd copy = TRY(open_at(to.get(), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
      TRY(with_context(copy_level(source, copy, depth + 1), "{}", name));
      TRY(copy_owner_and_mode(copy, info, name));
    }
  }
  return {};
}

}  // namespace

Result<> copy_tree(const Fd& from, const Fd& to) { return copy_level(from, to, 0); }

}  // namespace gantry::runtime
