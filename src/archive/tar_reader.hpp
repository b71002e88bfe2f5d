#pragma once

#include "archive/entry.hpp"
#include "archive/tar_format.hpp"
#include "archive/tar_pax.hpp"
#include "base/stream.hpp"

#include <memory>
#include <optional>
#include <string>

namespace gantry::archive {

/// What an archive that just stops between two entries means. A blob whose digest has been checked is whole, and some
/// builders write no end marker; anything else may have been cut off there.
enum class EndMarker { required, optional };

/// Reads tar archives one entry at a time: v7, ustar, pax and GNU, with sparse files of every version.
/// All input is hostile: every length is bounded before it is believed. Errors are Code::corrupt, name the entry and
/// where it begins, and end the reading.
class TarReader {
 public:
  /// `source` outlives the reader; no more than `buffer` bytes are read ahead.
  explicit TarReader(Source& source, EndMarker end = EndMarker::required, std::size_t buffer = 256u << 10);

  /// The next entry, after whatever is left of the one before; nothing at the end of the archive.
  Result<std::optional<Entry>> next();

  /// A piece of a file's data and where in the file it belongs. Valid until the next call.
  struct Piece {
    std::uint64_t offset = 0;
    Bytes data;
  };
  /// The next stored piece of the current entry's file: holes are passed over. Empty at its end.
  Result<Piece> piece();

  /// The current entry's file as it reads on disk, holes as zeros; 0 at its end. Not mixed with piece().
  Result<std::size_t> read(std::span<std::byte> buffer);

 private:
  struct Names {
    std::optional<std::string> path, link;
  };

  Result<std::optional<Entry>> next_entry();
  Result<bool> read_header(TarHeader& header);
  Result<Entry> make_entry(const TarHeader& header, PaxRecords& pax, Names& names);
  Result<> set_data(const TarHeader& header, PaxRecords& pax, Entry& entry);
  Result<> set_sparse(const TarHeader& header, PaxRecords& pax, Entry& entry);

  Result<bool> fill(std::size_t size);
  Result<const std::byte*> block();
  Result<std::string> body(const TarHeader& header, std::size_t limit, std::string_view what);
  Result<> skip(std::uint64_t size);
  Error located(Error error) const;

  Source& source_;
  EndMarker end_;
  std::size_t capacity_;
  std::unique_ptr<std::byte[]> buffer_;
  Bytes ahead_;                 ///< part of buffer_ that has not been used
  std::uint64_t position_ = 0;  ///< in the archive, of ahead_
  bool ended_ = false;

  PaxRecords global_;
  std::uint64_t entry_at_ = 0;
  std::string entry_path_;       ///< as far as it is known, for errors
  std::uint64_t stored_ = 0;     ///< bytes of the entry's data that are still in the archive
  std::uint64_t padding_ = 0;    ///< ... and what follows them up to a block
  std::vector<Extent> extents_;  ///< of the current file
  std::size_t extent_ = 0;       ///< the one that is being read
  std::uint64_t in_extent_ = 0;  ///< bytes of it that have been read
  std::uint64_t size_ = 0;
  std::uint64_t dense_ = 0;  ///< offset of read()
  Piece pending_;            ///< of read()
};

}  // namespace gantry::archive
