#pragma once

#include "erofs/image_file.hpp"
#include "erofs/piece_index.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace gantry::erofs {

/// The image of another layer, whose pieces may be used instead of writing them again.
struct Donor {
  std::string name;  ///< at most 64 bytes; for the table of whoever uses it
  Fd image;
  PieceIndex index;
};

/// Pieces that are there already: in this image, or in another one.
class SharedPieces {
 public:
  SharedPieces(ImageFile& image, std::optional<Algorithm> algorithm, std::span<const Donor> donors);

  /// A piece with these bytes. Bytes of a donor are compared, whatever its index says: who wrote that may have been
  /// led astray by another layer.
  std::optional<Piece> find(Bytes data);
  /// `piece` has been written for what was looked for last.
  void add(const Piece& piece);

  /// The table of the donors that are used, and their number.
  std::vector<DeviceSlot> devices() const;
  Result<> write_index(const Fd& out) const;

 private:
  struct Key {
    std::size_t operator()(const PieceDigest& digest) const;
  };
  struct Source {
    const Donor* donor = nullptr;
    std::uint32_t blocks = 0;
    std::uint32_t at = 0;  ///< its first block as one of this image; 0: not used yet
  };

  std::optional<Piece> find_in(Source& source, Bytes data);
  bool holds(const Source& source, const Piece& piece, Bytes data);
  bool use(Source& source);

  ImageFile& image_;
  std::optional<Algorithm> algorithm_;
  std::unordered_map<PieceDigest, Piece, Key> own_;
  std::vector<Source> sources_;     ///< the one that had something last comes first
  std::vector<const Donor*> used_;  ///< in the order of their numbers
  std::uint32_t free_ = 0;          ///< blocks from here on are the donors'
  PieceDigest last_ = {};
  std::vector<std::byte> stored_;    ///< of holds()
  std::vector<std::byte> unpacked_;  ///< the same
};

}  // namespace gantry::erofs
