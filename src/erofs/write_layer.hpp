#pragma once

#include "archive/extract.hpp"
#include "base/fd.hpp"
#include "base/stream.hpp"
#include "erofs/format.hpp"
#include "erofs/shared_pieces.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace gantry::erofs {

struct LayerImageOptions {
  bool user_xattr = false;      ///< overlay marks as user.overlay.*, which mounts in a user namespace read
  bool ignore_devices = false;  ///< devices are left out
  archive::EndMarker end = archive::EndMarker::required;
  std::uint64_t max_bytes = archive::kNoLimit;  ///< of file data
  std::uint64_t max_entries = archive::kNoLimit;
  /// The volume's. Overlayfs tells layers apart by it, so it should be the layer's own: a part of its digest.
  std::array<std::uint8_t, 16> uuid = {};
  std::optional<Algorithm> compression;  ///< of files' data

  /// An empty file for an index of the image's pieces. Null: nothing is shared. Else pieces of files (kPieceSize, or
  /// what is left at the end) that were there before are not written again.
  const Fd* index = nullptr;
  /// Images that may have them too; at most kMaxDevices are used. Those are in the image's table of devices then, and
  /// it is of use only together with them.
  std::span<const Donor> donors;
};

/// Writes a layer (a tar stream) as an EROFS image into `out`, an empty file that can be written at any offset. The
/// image holds what archive::extract() makes of the same stream with Whiteouts::overlay, and the stream is as hostile.
/// Folders without an entry belong to root, with mode 0755 and time 0, as whiteouts do; there are no times of access.
/// Equal streams and options give equal bytes.
/// Data is written as it arrives; what is kept in memory grows with the names, and with an index by about a thousandth
/// of the data.
/// After an error the file holds a part of an image without a superblock. Nothing is synced.
/// Errors are those of archive::extract(); Code::unsupported for what the format cannot hold.
Result<archive::Extracted> write_layer(Source& tar, const Fd& out, const LayerImageOptions& options);

}  // namespace gantry::erofs
