#pragma once

#include "erofs/file_body.hpp"
#include "erofs/piece.hpp"

#include <vector>

namespace gantry::erofs {

/// Pieces that are stored as they cost least: compressed, the last one maybe behind the inode, or not at all as they
/// are there already. When they then lie as in a flat file it is one.
class PackedBody final : public FileBody {
 public:
  /// What is larger has a map that is too much for memory.
  static constexpr std::uint64_t kMaxSize = std::uint64_t{4} << 30;

  /// `xattrs`: bytes of attributes behind the inode. `writer` outlives this.
  PackedBody(PieceWriter& writer, std::uint64_t size, std::size_t xattrs);
  Result<> write(std::uint64_t offset, Bytes data) override;
  Result<Content> finish() override;
  Bytes behind() const override { return behind_; }

 private:
  Result<> add(Bytes data);
  Result<> add_zeros(std::uint64_t size);
  Result<> add_last();
  bool goes_behind(Bytes packed) const;
  bool is_flat() const;
  bool stays_flat(std::size_t more) const;
  Content flat();
  Content chunked();
  Content packed();

  PieceWriter& writer_;
  std::uint64_t size_ = 0;
  std::size_t head_ = 0;  ///< bytes of the inode and its attributes
  std::uint64_t done_ = 0;
  std::vector<std::byte> buffer_;  ///< of the next piece
  std::vector<Piece> pieces_;
  std::vector<std::byte> tail_;  ///< the last piece when it is inline, or the rest of a block when the file is flat
  std::vector<std::byte> behind_;
};

}  // namespace gantry::erofs
