#include "erofs/shared_pieces.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace gantry::erofs {

namespace {

bool read_exactly(const Fd& file, std::uint64_t at, std::span<std::byte> buffer) {
  while (!buffer.empty()) {
    ssize_t got = pread(file.get(), buffer.data(), buffer.size(), static_cast<off_t>(at));
    if (got <= 0) return false;
    at += static_cast<std::uint64_t>(got);
    buffer = buffer.subspan(static_cast<std::size_t>(got));
  }
  return true;
}

bool are_zeros(Bytes bytes) {
  return std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte{0}; });
}

std::uint8_t form_of(const Piece& piece, std::optional<Algorithm> algorithm) {
  return piece.is_packed ? static_cast<std::uint8_t>(1 + static_cast<unsigned>(*algorithm)) : std::uint8_t{0};
}

}  // namespace

std::size_t SharedPieces::Key::operator()(const PieceDigest& digest) const {
  std::size_t hash;
  std::memcpy(&hash, digest.data(), sizeof hash);
  return hash;
}

SharedPieces::SharedPieces(ImageFile& image, std::optional<Algorithm> algorithm, std::span<const Donor> donors)
    : image_(image), algorithm_(algorithm), free_(kNoBlock) {
  for (const Donor& donor : donors) {
    struct stat info;
    if (sources_.size() == kMaxDevices || donor.name.size() > sizeof(DeviceSlot::tag)) continue;
    if (fstat(donor.image.get(), &info) < 0) continue;
    const std::uint64_t blocks = static_cast<std::uint64_t>(info.st_size) >> kBlockBits;
    if (blocks > 0 && blocks < kMaxBlocks) sources_.push_back({&donor, static_cast<std::uint32_t>(blocks)});
  }
}

std::optional<Piece> SharedPieces::find(Bytes data) {
  last_ = digest_of(data);
  if (auto own = own_.find(last_); own != own_.end()) return own->second;
  for (auto source = sources_.begin(); source != sources_.end(); ++source) {
    auto found = find_in(*source, data);
    if (!found) continue;
    std::rotate(sources_.begin(), source, source + 1);
    return found;
  }
  return std::nullopt;
}

std::optional<Piece> SharedPieces::find_in(Source& source, Bytes data) {
  auto record = source.donor->index.find(last_);
  if (!record) return std::nullopt;
  Piece piece{.block = record->block, .blocks = record->blocks, .is_packed = record->form != 0};
  if (piece.is_packed && (!algorithm_ || record->form != form_of(piece, algorithm_))) return std::nullopt;
  if (!holds(source, piece, data) || !use(source)) return std::nullopt;
  piece.block += source.at;
  return piece;
}

bool SharedPieces::holds(const Source& source, const Piece& piece, Bytes data) {
  if (piece.block > source.blocks || piece.blocks > source.blocks - piece.block) return false;
  const std::uint64_t needed = blocks_of(data.size());
  if (piece.is_packed ? piece.blocks == 0 || piece.blocks >= needed : piece.blocks != needed) return false;
  stored_.resize(piece.blocks * kBlockSize);
  if (!read_exactly(source.donor->image, std::uint64_t{piece.block} << kBlockBits, stored_)) return false;
  Bytes stored(stored_);
  if (!piece.is_packed)
    return std::ranges::equal(stored.first(data.size()), data) && are_zeros(stored.subspan(data.size()));
  const Bytes packed = without_padding(stored);
  if (stored.size() - packed.size() >= kBlockSize) return false;
  unpacked_.resize(data.size());
  return decompress(*algorithm_, packed, unpacked_) && std::ranges::equal(unpacked_, data);
}

/// Gives it numbers of blocks, below those of the ones before: this image grows towards them. A number between two is
/// nobody's, as blocks of one are never to be read together with those of another.
bool SharedPieces::use(Source& source) {
  if (source.at != 0) return true;
  if (free_ <= source.blocks + 1 || !image_.limit(free_ - source.blocks - 1)) return false;
  free_ -= source.blocks + 1;
  source.at = free_;
  used_.push_back(source.donor);
  return true;
}

void SharedPieces::add(const Piece& piece) { own_.try_emplace(last_, piece); }

std::vector<DeviceSlot> SharedPieces::devices() const {
  std::vector<DeviceSlot> slots;
  for (const Donor* donor : used_) {
    auto source = std::ranges::find(sources_, donor, &Source::donor);
    DeviceSlot slot;
    std::memcpy(slot.tag, donor->name.data(), donor->name.size());
    slot.blocks = source->blocks;
    slot.place = source->at;
    slots.push_back(slot);
  }
  return slots;
}

Result<> SharedPieces::write_index(const Fd& out) const {
  std::vector<PieceRecord> records;
  records.reserve(own_.size());
  for (const auto& [digest, piece] : own_)
    records.push_back(
        {.digest = digest, .block = piece.block, .blocks = piece.blocks, .form = form_of(piece, algorithm_)});
  return write_piece_index(out, std::move(records));
}

}  // namespace gantry::erofs
