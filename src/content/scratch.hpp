#pragma once

#include "base/fd.hpp"
#include "base/file.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::content {

/// A file or folder of the folder `tmp` that is not finished yet. It is held by an flock(2) that ends with its last
/// holder, so what a killed process left can be told from what is being written, and removed: see sweep().
class Scratch {
 public:
  /// An empty file, open for reading and writing.
  static Result<Scratch> make_file(const std::string& tmp);
  /// An empty folder, mode 0700.
  static Result<Scratch> make_folder(const std::string& tmp);
  /// Moves an existing folder there, to be taken apart: it is gone from its place in one step.
  static Result<Scratch> take_folder(const std::string& tmp, const std::string& path);

  Scratch(Scratch&& other) noexcept : fd_(std::move(other.fd_)), path_(std::exchange(other.path_, {})) {}
  Scratch& operator=(Scratch&& other) noexcept;
  /// Removes what has not been published.
  ~Scratch();

  const Fd& fd() const { return fd_; }
  const std::string& path() const { return path_; }

  /// Renames it to `target`, on the same file system. A file that is there already is replaced. A folder that is there
  /// already stays, and this one goes. `sync` flushes the file and its new name to disk.
  Result<> publish(const std::string& target, Sync sync = Sync::no);

 private:
  friend Result<std::vector<Scratch>> abandoned(const std::string& tmp);
  Scratch(Fd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
  void discard();

  Fd fd_;
  std::string path_;  ///< empty: published
};

/// What is in `tmp` and has lost its owner, now held by the caller: it goes with the list.
Result<std::vector<Scratch>> abandoned(const std::string& tmp);

/// Replaces `target` in one step, by way of `tmp` on the same file system, and flushes it to disk.
Result<> replace_through(const std::string& tmp, const std::string& target, std::string_view bytes);

}  // namespace gantry::content
