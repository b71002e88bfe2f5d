#pragma once

#include "erofs/compressor.hpp"
#include "erofs/image_file.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace gantry::erofs {

/// Where a piece of a file, kPieceSize of it or the rest, lies.
struct Piece {
  std::uint32_t block = 0;  ///< the first of them
  std::uint8_t blocks = 0;  ///< 0: it is inline
  bool is_packed = false;   ///< compressed, at the end of its blocks
};

class SharedPieces;

/// Writes pieces of files into an image: not when they are there already, and compressed where that saves a block.
class PieceWriter {
 public:
  /// Without an algorithm nothing is compressed; `shared` may be null, and else outlives this.
  PieceWriter(ImageFile& image, std::optional<Algorithm> algorithm, SharedPieces* shared);

  Result<Piece> write(Bytes data);

  /// The same in steps. A piece that is there already.
  std::optional<Piece> find(Bytes data);
  /// What was looked for last has been written as `piece`, and may be found from now on.
  void remember(const Piece& piece);
  /// Whether `data` is better stored in blocks of its own, where others find it, than behind the inode in part.
  bool wants_blocks(Bytes data) const;
  /// What a piece becomes, until the next one; empty when it is not worth it.
  Bytes compress(Bytes data);
  static bool saves_a_block(Bytes data, Bytes packed);
  Result<Piece> write_packed(Bytes packed);
  Result<Piece> write_plain(Bytes data);

  /// Where the next piece goes that is written.
  std::uint32_t next_block() const { return image_.block(); }
  /// Only of a writer that compresses.
  Algorithm algorithm() const { return compressor_->algorithm(); }

 private:
  ImageFile& image_;
  std::optional<Compressor> compressor_;
  SharedPieces* shared_;
  bool has_looked_ = false;  ///< for the piece that is written now
};

/// How many bytes behind an inode's `head` bytes a map for a file of `size` bytes takes.
std::size_t map_size(std::uint64_t size, std::size_t head);

/// That map, with `tail` behind it: the last piece, if that is inline.
std::vector<std::byte> encode_map(std::span<const Piece> pieces, std::uint64_t size, std::size_t head,
                                  Algorithm algorithm, Bytes tail);

}  // namespace gantry::erofs
