#pragma once

#include "base/fd.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gantry {

/// The current directory as a directory descriptor, for the *_at functions below.
inline constexpr int kHere = -100;  // AT_FDCWD

/// open(2) with O_CLOEXEC added and EINTR retried. The error names `path`.
Result<Fd> open_at(int dir, const std::string& path, int flags, unsigned mode = 0);
inline Result<Fd> open_file(const std::string& path, int flags, unsigned mode = 0) {
  return open_at(kHere, path, flags, mode);
}

/// Reads until the end. More than `limit` bytes is an error: every file we read whole has a sane size.
Result<std::string> read_all(const Fd& fd, std::string_view name, std::size_t limit = 16u << 20);
Result<std::string> read_file(const std::string& path, std::size_t limit = 16u << 20);
Result<std::string> read_file_at(int dir, const std::string& path, std::size_t limit = 16u << 20);

/// Where a symbolic link points.
Result<std::string> read_link(const std::string& path);

/// Writes all of it; retries short writes and EINTR.
Result<> write_all(const Fd& fd, std::string_view data, std::string_view name);
/// One write(2) into an existing file: for procfs, sysfs and cgroupfs, which take a value per call.
Result<> write_value(const std::string& path, std::string_view value);
Result<> write_value_at(int dir, const std::string& path, std::string_view value);

enum class Sync { no, yes };

/// Replaces `dir`/`name` in one step: temporary name, write, fsync (when `sync`), rename, fsync of the folder.
/// After a crash the file has either its old or its new content.
Result<> replace_file_at(int dir, const std::string& name, std::string_view data, unsigned mode = 0644,
                         Sync sync = Sync::yes);
Result<> replace_file(const std::string& path, std::string_view data, unsigned mode = 0644, Sync sync = Sync::yes);

/// mkdir -p. Folders that exist keep their mode.
Result<> make_folders(const std::string& path, unsigned mode = 0755);
/// mkdir -p and open.
Result<Fd> open_folder(const std::string& path);
Result<Fd> make_and_open_folder(const std::string& path, unsigned mode = 0755);

/// rm -rf below `dir`, at any depth, without following links; a missing name is fine, a mount point is an error.
Result<> remove_tree_at(int dir, const std::string& name);
Result<> remove_tree(const std::string& path);
/// unlink(2); a missing name is fine.
Result<> remove_file(const std::string& path);

bool path_exists(const std::string& path);
/// The path as it is from the current folder, links and dots left alone.
Result<std::string> absolute_path(std::string_view path);

/// Names in a folder without `.` and `..`, unsorted. A symbolic link in the folder's place is an error.
Result<std::vector<std::string>> list_folder_at(int dir, const std::string& path);
Result<std::vector<std::string>> list_folder(const std::string& path);

/// An flock(2) that is held until it goes.
class Lock {
 public:
  enum class Mode { shared, exclusive };
  /// Waits for the lock. `fd` is any open file or folder; the lock belongs to a descriptor of its own.
  static Result<Lock> take(const std::string& path, Mode mode);
  /// Code::busy when someone else has it.
  static Result<Lock> try_take(const std::string& path, Mode mode);

 private:
  explicit Lock(Fd fd) : fd_(std::move(fd)) {}
  static Result<Lock> acquire(const std::string& path, int operation);
  Fd fd_;
};

}  // namespace gantry
