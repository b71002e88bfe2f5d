#pragma once

#include "base/fd.hpp"
#include "base/stream.hpp"
#include "erofs/piece.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gantry::erofs {

/// SHA-256 of a piece.
using PieceDigest = std::array<std::byte, 32>;
PieceDigest digest_of(Bytes piece);

/// How a piece lies in its blocks.
struct PieceRecord {
  PieceDigest digest = {};
  Little32 block;
  std::uint8_t blocks = 0;
  std::uint8_t form = 0;  ///< 0: as it is, else 1 + Algorithm
  Little16 reserved;
};
static_assert(sizeof(PieceRecord) == 40);

/// Writes an index of an image's pieces: kIndexMagic, then the records, sorted.
Result<> write_piece_index(const Fd& out, std::vector<PieceRecord> records);

/// An index as it was written, mapped. It is no more than a hint: what it says about the image is to be looked at.
class PieceIndex {
 public:
  /// Code::corrupt for a file that is none.
  static Result<PieceIndex> open(const Fd& file);
  PieceIndex(PieceIndex&& other) noexcept;
  PieceIndex& operator=(PieceIndex&&) = delete;
  ~PieceIndex();

  std::optional<PieceRecord> find(const PieceDigest& digest) const;

 private:
  PieceIndex(void* memory, std::size_t size) : memory_(memory), size_(size) {}
  PieceRecord at(std::size_t index) const;
  std::size_t count() const;

  void* memory_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace gantry::erofs
