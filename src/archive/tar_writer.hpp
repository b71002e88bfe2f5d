#pragma once

#include "archive/entry.hpp"
#include "archive/tar_format.hpp"
#include "base/stream.hpp"

#include <string>

namespace gantry::archive {

/// Writes ustar archives, with a pax header before the entries that need one: long names, high ids, big sizes,
/// fractions of seconds, attributes, sparse files (GNU format 1.0). The same entries give the same bytes.
class TarWriter {
 public:
  /// `out` outlives the writer.
  explicit TarWriter(Sink& out) : out_(out) {}

  /// Begins an entry. The file before it must be complete. GNU tar reads a sparse file right only when all extents but
  /// the last are whole blocks.
  Result<> add(const Entry& entry);
  /// Some data of the current file: `size` bytes in all, of a sparse file only what its extents hold.
  Result<> write(Bytes data);
  /// The end marker.
  Result<> finish();

 private:
  Result<> end_entry();
  Result<> write_padding();
  Result<> add_pax_header(const Entry& entry, const std::string& records);

  Sink& out_;
  std::string path_;            ///< of the current entry
  std::uint64_t expected_ = 0;  ///< bytes of its data that are still to come
  std::uint64_t padding_ = 0;
};

}  // namespace gantry::archive
