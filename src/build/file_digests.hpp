#pragma once

#include "base/clock.hpp"
#include "base/fd.hpp"
#include "build/sources.hpp"

#include <sys/stat.h>

#include <cstddef>
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

  /// What a regular file below `root` is told from others by: its sha256, hex. Of a large file that is not known it is
  /// what stat(2) says, so that its bytes are only read where they are copied: the layer that they come to has its
  /// digest anyway, and what is built above that is found by it.
  Result<std::string> of(const Fd& root, const SourceEntry& file);
  /// How many were told by stat(2), which means nothing on other machines.
  std::size_t local() const { return local_; }
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
  std::size_t local_ = 0;
  bool is_changed_ = false;
};

}  // namespace gantry::build
