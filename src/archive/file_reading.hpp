#pragma once

#include "archive/entry.hpp"
#include "archive/tar_writer.hpp"
#include "base/fd.hpp"

#include <sys/stat.h>

#include <optional>
#include <string>
#include <vector>

namespace gantry::archive {

/// What a node of a file system is in a layer; nothing: a socket, which no layer has.
std::optional<Kind> kind_of(mode_t mode);
/// What stat(2) knows of a node, without its path, link and attributes.
Entry entry_of(const struct stat& info, Kind kind);

/// The attributes of a file or folder: those that a layer keeps, sorted, and what overlayfs has noted there.
struct NodeXattrs {
  std::vector<Xattr> kept;
  bool overlay_opaque = false;
  bool overlay_whiteout = false;    ///< a whiteout as a file (Linux 6.7)
  bool overlay_incomplete = false;  ///< redirect or metacopy: a part of it is in a lower layer
};
Result<NodeXattrs> read_xattrs(const Fd& fd);

Result<std::string> read_link(int dir, const std::string& name);

/// Writes a file's entry and data. Holes are kept where they save a mebibyte or more, so that whether a small file is
/// written sparse does not depend on the file system.
Result<> pack_file(const Fd& file, const struct stat& info, Entry& entry, TarWriter& writer);

}  // namespace gantry::archive
