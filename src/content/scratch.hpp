#pragma once

#include "base/fd.hpp"

#include <string>
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

  Scratch(Scratch&& other) noexcept = default;
  Scratch& operator=(Scratch&& other) noexcept;
  /// Removes what has not been published.
  ~Scratch();

  const Fd& fd() const { return fd_; }
  const std::string& path() const { return path_; }

  /// Renames it to `target`, on the same file system. A folder or file that is there already wins: it was written by
  /// someone else, who named it by the same digest.
  Result<> publish(const std::string& target);

 private:
  Scratch(Fd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
  static Result<Scratch> make(const std::string& tmp, bool folder);
  void discard();

  Fd fd_;
  std::string path_;  ///< empty: published
};

/// Paths in `tmp` whose owner is gone.
Result<std::vector<std::string>> abandoned(const std::string& tmp);

}  // namespace gantry::content
