#pragma once

#include "base/clock.hpp"
#include "base/fd.hpp"
#include "build/sources.hpp"

#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace gantry::build {

/// Digests of a context's files, remembered from build to build by what stat(2) says of them: a file whose size, times
/// and inode have not changed is not read again. One that changed so short a time ago that a further change might not
/// show is read each time.
class FileDigests {
 public:
  /// `folder` keeps the memory, `context` is the path of the context. Without a memory all files are read.
  FileDigests(const std::string& folder, const std::string& context);

  /// sha256, hex, of a regular file below `root`.
  Result<std::string> of(const Fd& root, const SourceEntry& file);
  /// Writes what has become known.
  Result<> save();

 private:
  struct Known {
    std::uint64_t size = 0;
    Timestamp modified = 0;
    Timestamp changed = 0;
    std::uint64_t inode = 0;
    std::string digest;
    bool operator==(const Known&) const = default;
  };
  void load();
  static Known describe(const struct stat& info);

  std::string folder_;
  std::string path_;
  Timestamp begun_;
  std::unordered_map<std::string, Known> known_;
  bool is_changed_ = false;
};

}  // namespace gantry::build
