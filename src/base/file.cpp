#include "base/file.hpp"

#include "base/id.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>

namespace gantry {

static_assert(kHere == AT_FDCWD);

Result<Fd> open_at(int dir, const std::string& path, int flags, unsigned mode) {
  int fd;
  do {
    fd = openat(dir, path.c_str(), flags | O_CLOEXEC, mode);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) return Error::system("{} {}", flags & O_CREAT ? "create" : "open", path);
  return Fd(fd);
}

Result<std::string> read_all(const Fd& fd, std::string_view name, std::size_t limit) {
  std::string data;
  struct stat info;
  // procfs says 0, so one block more than the size: a small file then takes two reads.
  std::size_t block = 4096;
  if (fstat(fd.get(), &info) == 0 && info.st_size > 0) block = static_cast<std::size_t>(info.st_size) + 1;
  while (true) {
    std::size_t have = data.size();
    if (have > limit) return fail(Code::invalid, "{} is larger than {} bytes", name, limit);
    data.resize(have + std::min(block, limit + 1 - have));
    ssize_t got = read(fd.get(), data.data() + have, data.size() - have);
    if (got < 0 && errno != EINTR) return Error::system("read {}", name);
    data.resize(have + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got == 0) return data;
    block = std::max<std::size_t>(block, 4096);
  }
}

Result<std::string> read_file_at(int dir, const std::string& path, std::size_t limit) {
  return read_all(TRY(open_at(dir, path, O_RDONLY)), path, limit);
}

Result<std::string> read_file(const std::string& path, std::size_t limit) { return read_file_at(kHere, path, limit); }

Result<std::string> read_link(const std::string& path) {
  std::array<char, PATH_MAX> target;
  ssize_t size = readlink(path.c_str(), target.data(), target.size());
  if (size < 0) return Error::system("read link {}", path);
  return std::string(target.data(), static_cast<std::size_t>(size));
}

Result<> write_all(const Fd& fd, std::string_view data, std::string_view name) {
  while (!data.empty()) {
    ssize_t put = write(fd.get(), data.data(), data.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return Error::system("write {}", name);
    data.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

Result<> write_value_at(int dir, const std::string& path, std::string_view value) {
  Fd fd = TRY(open_at(dir, path, O_WRONLY));
  if (write(fd.get(), value.data(), value.size()) < 0) return Error::system("write '{}' to {}", value, path);
  return {};
}

Result<> write_value(const std::string& path, std::string_view value) { return write_value_at(kHere, path, value); }

Result<> replace_file_at(int dir, const std::string& name, std::string_view data, unsigned mode, Sync sync) {
  std::string temporary = fmt::format("{}.tmp-{}", name, random_hex(8));
  auto discard = [&](Error error) {
    unlinkat(dir, temporary.c_str(), 0);
    return error;
  };
  {
    Fd fd = TRY(open_at(dir, temporary, O_WRONLY | O_CREAT | O_EXCL, mode));
    if (auto written = write_all(fd, data, name); !written) return discard(std::move(written.error()));
    if (sync == Sync::yes && fsync(fd.get()) < 0) return discard(Error::system("fsync {}", name));
  }
  if (renameat(dir, temporary.c_str(), dir, name.c_str()) < 0)
    return discard(Error::system("rename {} to {}", temporary, name));
  if (sync == Sync::yes) {
    auto slash = name.rfind('/');
    Fd folder = TRY(open_at(dir, slash == std::string::npos ? "." : name.substr(0, slash + 1), O_RDONLY | O_DIRECTORY));
    if (fsync(folder.get()) < 0) return Error::system("fsync the folder of {}", name);
  }
  return {};
}

Result<> replace_file(const std::string& path, std::string_view data, unsigned mode, Sync sync) {
  return replace_file_at(kHere, path, data, mode, sync);
}

namespace {

/// One mkdir(2); a folder that is there is fine, something else in its place is not.
bool make_folder(const std::string& path, unsigned mode) {
  if (mkdir(path.c_str(), mode) == 0) return true;
  struct stat info;
  if (errno != EEXIST) return false;
  if (stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) return true;
  errno = ENOTDIR;
  return false;
}

}  // namespace

Result<> make_folders(const std::string& path, unsigned mode) {
  if (make_folder(path, mode)) return {};
  const int problem = errno;
  const auto slash = path.find_last_of('/');
  if (problem != ENOENT || slash == std::string::npos || slash == 0)
    return Error::from_errno(problem, fmt::format("create folder {}", path));
  TRY(make_folders(path.substr(0, slash), mode));
  if (make_folder(path, mode)) return {};
  return Error::system("create folder {}", path);
}

Result<Fd> open_folder(const std::string& path) { return open_file(path, O_RDONLY | O_DIRECTORY); }

Result<Fd> make_and_open_folder(const std::string& path, unsigned mode) {
  TRY(make_folders(path, mode));
  return open_folder(path);
}

namespace {

struct CloseDir {
  void operator()(DIR* dir) const { closedir(dir); }
};
using Dir = std::unique_ptr<DIR, CloseDir>;

Result<Dir> open_dir(int dir, const std::string& path) {
  Fd fd = TRY(open_at(dir, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  DIR* stream = fdopendir(fd.get());
  if (stream == nullptr) return Error::system("read folder {}", path);
  fd.release();
  return Dir(stream);
}

bool is_dot(const char* name) { return name[0] == '.' && (name[1] == 0 || (name[1] == '.' && name[2] == 0)); }

}  // namespace

namespace {

enum class Removal { done, not_empty };

/// Removes a name unless it is a folder with something in it.
Result<Removal> remove_name(int dir, const std::string& name) {
  if (unlinkat(dir, name.c_str(), 0) == 0 || errno == ENOENT) return Removal::done;
  const int problem = errno;
  if (problem != EISDIR && problem != EPERM) return Error::from_errno(problem, fmt::format("remove {}", name));
  if (unlinkat(dir, name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return Removal::done;
  if (errno == ENOTEMPTY || errno == EEXIST) return Removal::not_empty;
  if (problem == EPERM) return Error::from_errno(problem, fmt::format("remove {}", name));  // of a file
  return Error::system("remove folder {}", name);
}

/// Opens a folder whose entries can be removed: some images have folders that their owner may not enter or change.
Result<Dir> open_for_removal(int dir, const std::string& name) {
  auto opened = open_dir(dir, name);
  if (!opened && opened.error().os_error() == EACCES && fchmodat(dir, name.c_str(), 0700, AT_SYMLINK_NOFOLLOW) == 0)
    opened = open_dir(dir, name);
  Dir stream = TRY(std::move(opened));
  struct stat info;
  if (fstat(dirfd(stream.get()), &info) == 0 && (info.st_mode & 0700) != 0700) fchmod(dirfd(stream.get()), 0700);
  return stream;
}

/// Each level holds a descriptor and a part of the stack, so the folders of a deeper level are moved up to the top.
constexpr int kMaxRemovalDepth = 32;

struct Sweep {
  int top;             ///< the folder that is being emptied
  bool moved = false;  ///< something was moved up to it
};

Result<> empty_folder(DIR* folder, int depth, Sweep& sweep) {
  const int fd = dirfd(folder);
  errno = 0;
  while (const dirent* entry = readdir(folder)) {
    const std::string name = entry->d_name;
    if (!is_dot(entry->d_name) && TRY(remove_name(fd, name)) == Removal::not_empty) {
      Dir below = TRY(open_for_removal(fd, name));
      if (depth == kMaxRemovalDepth) {
        sweep.moved = true;
        if (renameat(fd, name.c_str(), sweep.top, ("removed-" + random_hex(16)).c_str()) < 0)
          return Error::system("remove folder {}", name);
      } else {
        TRY(with_context(empty_folder(below.get(), depth + 1, sweep), "{}", name));
        if (unlinkat(fd, name.c_str(), AT_REMOVEDIR) < 0 && errno != ENOENT)
          return Error::system("remove folder {}", name);
      }
    }
    errno = 0;
  }
  if (errno != 0) return Error::system("read a folder");
  return {};
}

}  // namespace

Result<> remove_tree_at(int dir, const std::string& name) {
  if (TRY(remove_name(dir, name)) == Removal::done) return {};
  bool again = true;
  while (again) {
    Dir top = TRY(open_for_removal(dir, name));
    Sweep sweep{dirfd(top.get())};
    TRY(with_context(empty_folder(top.get(), 1, sweep), "{}", name));
    again = sweep.moved;
  }
  if (unlinkat(dir, name.c_str(), AT_REMOVEDIR) < 0 && errno != ENOENT) return Error::system("remove folder {}", name);
  return {};
}

Result<> remove_tree(const std::string& path) { return remove_tree_at(kHere, path); }

Result<> remove_file(const std::string& path) {
  if (unlink(path.c_str()) < 0 && errno != ENOENT) return Error::system("remove {}", path);
  return {};
}

bool path_exists(const std::string& path) { return faccessat(kHere, path.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0; }

Result<std::string> absolute_path(std::string_view path) {
  if (path.starts_with('/')) return std::string(path);
  char* here = getcwd(nullptr, 0);
  if (!here) return Error::system("cannot tell the current folder");
  std::string whole = fmt::format("{}/{}", here, path);
  free(here);
  return whole;
}

Result<std::vector<std::string>> list_folder_at(int dir, const std::string& path) {
  Dir stream = TRY(open_dir(dir, path));
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = readdir(stream.get())) {
    if (!is_dot(entry->d_name)) names.emplace_back(entry->d_name);
    errno = 0;
  }
  if (errno != 0) return Error::system("read folder {}", path);
  return names;
}

Result<std::vector<std::string>> list_folder(const std::string& path) { return list_folder_at(kHere, path); }

Result<Lock> Lock::acquire(const std::string& path, int operation) {
  Fd fd = TRY(open_file(path, O_RDONLY));
  int locked;
  do {
    locked = flock(fd.get(), operation);
  } while (locked < 0 && errno == EINTR);
  if (locked < 0) return Error::system("lock {}", path);
  return Lock(std::move(fd));
}

Result<Lock> Lock::take(const std::string& path, Mode mode) {
  return acquire(path, mode == Mode::shared ? LOCK_SH : LOCK_EX);
}

Result<Lock> Lock::try_take(const std::string& path, Mode mode) {
  return acquire(path, (mode == Mode::shared ? LOCK_SH : LOCK_EX) | LOCK_NB);
}

}  // namespace gantry
