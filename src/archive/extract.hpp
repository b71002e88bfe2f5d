#pragma once

#include "archive/inflate.hpp"
#include "archive/tar_reader.hpp"
#include "base/fd.hpp"

#include <cstdint>

namespace gantry::archive {

/// What becomes of a layer's whiteouts.
enum class Whiteouts {
  overlay,  ///< they become overlayfs's own marks: the folder is to be a layer of an overlay mount
  apply,    ///< what they hide is removed: the folder holds the lower layers already
};

struct ExtractOptions {
  Whiteouts whiteouts = Whiteouts::overlay;
  bool user_xattr = false;      ///< overlay marks as user.overlay.*, which mounts in a user namespace read
  bool ignore_owner = false;    ///< all files become the caller's: rootless with a single id
  bool ignore_devices = false;  ///< devices are left out: where they cannot be made
  bool xattrs = true;           ///< security.capability, user.* and, where it is permitted, trusted.*
  EndMarker end = EndMarker::required;
  std::uint64_t max_bytes = kNoLimit;  ///< of file data
  std::uint64_t max_entries = kNoLimit;
};

struct Extracted {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;  ///< of file data
};

/// Unpacks a layer (a tar stream) into the folder `root`. The stream is hostile: whatever it holds, nothing outside the
/// root is touched. Every path is resolved by the kernel inside the root (openat2), existing files are replaced and
/// never written through, and attributes by which overlayfs could be led astray are dropped. Entries that come twice:
/// the last one counts. Nobody else may change the folder meanwhile.
/// After an error the folder holds a part of the layer: the caller removes it. Nothing is synced.
/// Errors name the entry; Code::invalid for attacks, Code::corrupt for a broken archive, Code::no_space for a full disk
/// and for exceeded limits, Code::unsupported for an owner that this user namespace does not map.
Result<Extracted> extract(Source& tar, const Fd& root, const ExtractOptions& options);

}  // namespace gantry::archive
