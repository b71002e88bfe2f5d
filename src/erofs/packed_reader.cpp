#include "erofs/compressor.hpp"
#include "erofs/reader.hpp"

#include <algorithm>
#include <array>

namespace gantry::erofs {

namespace {

Result<> check_map(const FileView& file, const MapHeader& header) {
  const auto algorithm = static_cast<Algorithm>(header.algorithm);
  if ((algorithm == Algorithm::lz4 || algorithm == Algorithm::zstd) && header.cluster_bits == 0 &&
      (header.flags & ~(kMapManyBlocks | kMapInline)) == 0)
    return {};
  return fail(Code::corrupt, "inode {} has an unknown form of compression", file.inode);
}

Result<std::size_t> packed_blocks(const FileView& file, const Cluster& second) {
  const std::uint32_t low = second.place & 0xffff;
  if (second.type == static_cast<std::uint16_t>(Cluster::Type::rest) && (low & kBlockCount) != 0 &&
      (low & ~kBlockCount) < kPieceBlocks)
    return low & ~kBlockCount;
  return fail(Code::corrupt, "inode {} does not say how long its compressed data is", file.inode);
}

}  // namespace

Result<> ImageReader::read_piece(const FileView& file, std::uint64_t number, std::span<std::byte> piece) const {
  std::array<std::byte, sizeof(MapHeader)> head_bytes;
  const std::uint64_t map = round_up(file.behind, alignof(std::uint64_t));
  TRY(read_at(map, head_bytes));
  MapHeader header;
  std::memcpy(&header, head_bytes.data(), sizeof header);
  TRY(check_map(file, header));

  std::array<Cluster, kPieceBlocks> clusters;
  const std::size_t count = blocks_of(piece.size());
  TRY(read_at(map + kMapStart + number * sizeof clusters, std::as_writable_bytes(std::span(clusters).first(count))));
  if (clusters[0].type == static_cast<std::uint16_t>(Cluster::Type::plain)) {
    for (std::size_t i = 0; i < count; ++i) {
      if (clusters[i].type != 0 || clusters[i].offset != 0)
        return fail(Code::corrupt, "inode {} is compressed in a way that is not ours", file.inode);
      std::size_t at = i * kBlockSize;
      TRY(read_at(std::uint64_t{clusters[i].place} << kBlockBits,
                  piece.subspan(at, std::min(kBlockSize, piece.size() - at))));
    }
    return {};
  }

  const bool is_last = number == (file.size - 1) / kPieceSize;
  std::uint64_t at = std::uint64_t{clusters[0].place} << kBlockBits;
  std::size_t size = 0;
  if (is_last && (header.flags & kMapInline) != 0) {
    at = map + kMapStart + blocks_of(file.size) * sizeof(Cluster);
    size = header.inline_size;
  } else {
    size = TRY(packed_blocks(file, clusters[1])) * kBlockSize;
  }
  if (size > kPieceSize) return fail(Code::corrupt, "inode {} has too much behind it", file.inode);
  std::vector<std::byte> packed(size);
  TRY(read_at(at, packed));
  return decompress(static_cast<Algorithm>(header.algorithm), without_padding(packed), piece);
}

Result<> ImageReader::read_packed(const FileView& file, std::uint64_t offset, std::span<std::byte> buffer) const {
  std::vector<std::byte> piece;
  while (!buffer.empty()) {
    const std::uint64_t number = offset / kPieceSize;
    piece.resize(std::min<std::uint64_t>(kPieceSize, file.size - number * kPieceSize));
    TRY(read_piece(file, number, piece));
    const std::size_t in_piece = offset % kPieceSize;
    const std::size_t step = std::min(buffer.size(), piece.size() - in_piece);
    std::copy_n(piece.begin() + static_cast<std::ptrdiff_t>(in_piece), step, buffer.begin());
    offset += step;
    buffer = buffer.subspan(step);
  }
  return {};
}

}  // namespace gantry::erofs
