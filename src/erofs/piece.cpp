#include "erofs/piece.hpp"

#include "erofs/shared_pieces.hpp"

#include <algorithm>

namespace gantry::erofs {

namespace {

void add_clusters(const Piece& piece, std::uint32_t count, std::vector<Cluster>& clusters) {
  if (!piece.is_packed) {
    for (std::uint32_t i = 0; i < count; ++i) clusters.push_back({.type = 0, .offset = 0, .place = piece.block + i});
    return;
  }
  clusters.push_back({.type = static_cast<std::uint16_t>(Cluster::Type::head), .offset = 0, .place = piece.block});
  for (std::uint32_t i = 1; i < count; ++i) {
    // What is inline has no block, but none is no number.
    std::uint32_t low = i == 1 ? kBlockCount | std::max<std::uint32_t>(piece.blocks, 1) : i;
    clusters.push_back(
        {.type = static_cast<std::uint16_t>(Cluster::Type::rest), .offset = 0, .place = low | (count - i) << 16});
  }
}

}  // namespace

PieceWriter::PieceWriter(ImageFile& image, std::optional<Algorithm> algorithm, SharedPieces* shared)
    : image_(image), shared_(shared) {
  if (algorithm) compressor_.emplace(*algorithm);
}

Result<Piece> PieceWriter::write(Bytes data) {
  if (auto found = find(data)) return *found;
  Bytes packed = compress(data);
  Piece piece = saves_a_block(data, packed) ? TRY(write_packed(packed)) : TRY(write_plain(data));
  remember(piece);
  return piece;
}

std::optional<Piece> PieceWriter::find(Bytes data) {
  // What is less than a block is stored in one only if it fills it.
  has_looked_ = shared_ != nullptr && (data.size() >= kBlockSize || wants_blocks(data));
  return has_looked_ ? shared_->find(data) : std::nullopt;
}

void PieceWriter::remember(const Piece& piece) {
  if (has_looked_) shared_->add(piece);
}

/// So that sharing never costs more than an eighth.
bool PieceWriter::wants_blocks(Bytes data) const {
  return shared_ != nullptr && (round_up(data.size(), kBlockSize) - data.size()) * 8 <= data.size();
}

Bytes PieceWriter::compress(Bytes data) {
  if (!compressor_) return {};
  // A single block may still become one that fits behind an inode.
  return compressor_->compress(data, std::max<std::uint64_t>(blocks_of(data.size()) - 1, 1) * kBlockSize);
}

bool PieceWriter::saves_a_block(Bytes data, Bytes packed) {
  return !packed.empty() && blocks_of(packed.size()) < blocks_of(data.size());
}

Result<Piece> PieceWriter::write_packed(Bytes packed) {
  Piece piece{
      .block = image_.block(), .blocks = static_cast<std::uint8_t>(blocks_of(packed.size())), .is_packed = true};
  TRY(image_.append_zeros(piece.blocks * kBlockSize - packed.size()));
  TRY(image_.append(packed));
  return piece;
}

Result<Piece> PieceWriter::write_plain(Bytes data) {
  Piece piece{.block = image_.block(), .blocks = static_cast<std::uint8_t>(blocks_of(data.size()))};
  TRY(image_.append(data));
  TRY(image_.fill_block());
  return piece;
}

std::size_t map_size(std::uint64_t size, std::size_t head) {
  return round_up(head, alignof(std::uint64_t)) - head + kMapStart + blocks_of(size) * sizeof(Cluster);
}

std::vector<std::byte> encode_map(std::span<const Piece> pieces, std::uint64_t size, std::size_t head,
                                  Algorithm algorithm, Bytes tail) {
  MapHeader header;
  header.flags = static_cast<std::uint16_t>(kMapManyBlocks | (tail.empty() ? 0 : kMapInline));
  header.inline_size = static_cast<std::uint16_t>(tail.size());
  header.algorithm = static_cast<std::uint8_t>(algorithm);
  std::vector<Cluster> clusters;
  std::uint64_t blocks = blocks_of(size);
  clusters.reserve(blocks);
  for (const Piece& piece : pieces)
    add_clusters(piece, static_cast<std::uint32_t>(std::min<std::uint64_t>(kPieceBlocks, blocks - clusters.size())),
                 clusters);
  std::vector<std::byte> map(map_size(size, head));
  Bytes bytes = std::as_bytes(std::span(clusters));
  std::memcpy(map.data() + (map.size() - bytes.size() - kMapStart), &header, sizeof header);
  std::memcpy(map.data() + (map.size() - bytes.size()), bytes.data(), bytes.size());
  map.insert(map.end(), tail.begin(), tail.end());
  return map;
}

}  // namespace gantry::erofs
