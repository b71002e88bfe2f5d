#pragma once

#include "base/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gantry::archive {

enum class Kind { file, hardlink, symlink, character, block, directory, fifo };

struct Xattr {
  std::string name;
  std::string value;  ///< bytes
  bool operator==(const Xattr&) const = default;
};

/// A piece of a sparse file that holds data; what lies between the pieces is a hole.
struct Extent {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  bool operator==(const Extent&) const = default;
};

/// One member of an archive. Names and ids are as the archive has them: whoever uses them judges them.
struct Entry {
  std::string path;
  Kind kind = Kind::file;
  unsigned mode = 0;  ///< permission bits, 07777
  std::uint64_t uid = 0;
  std::uint64_t gid = 0;
  std::string user;  ///< name of the owner, may be empty
  std::string group;
  std::uint64_t size = 0;  ///< bytes of a file as it shall be on disk; 0 for all other kinds
  Timestamp mtime = 0;
  std::optional<Timestamp> atime;
  std::string link;    ///< what a hardlink or symlink points at
  unsigned major = 0;  ///< of a device
  unsigned minor = 0;
  std::vector<Xattr> xattrs;
  std::optional<std::vector<Extent>> extents;  ///< of a sparse file: ascending, within `size`; absent: no holes
  std::uint64_t position = 0;                  ///< in the archive, of the entry's first header
};

}  // namespace gantry::archive
