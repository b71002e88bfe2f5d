#include "erofs/packed_body.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace gantry::erofs {

PackedBody::PackedBody(PieceWriter& writer, std::uint64_t size, std::size_t xattrs)
    : writer_(writer), size_(size), head_(sizeof(Inode) + xattrs) {
  buffer_.reserve(std::min<std::uint64_t>(size, kPieceSize));
}

Result<> PackedBody::write(std::uint64_t offset, Bytes data) {
  TRY(add_zeros(offset - done_));
  return add(data);
}

/// A full piece waits for the next byte, as the last one is a special one.
Result<> PackedBody::add(Bytes data) {
  done_ += data.size();
  while (!data.empty()) {
    if (buffer_.size() == kPieceSize) {
      pieces_.push_back(TRY(writer_.write(buffer_)));
      buffer_.clear();
    }
    Bytes part = data.first(std::min(data.size(), kPieceSize - buffer_.size()));
    buffer_.insert(buffer_.end(), part.begin(), part.end());
    data = data.subspan(part.size());
  }
  return {};
}

Result<> PackedBody::add_zeros(std::uint64_t size) {
  static constexpr std::array<std::byte, kBlockSize> kZeros{};
  for (std::uint64_t rest = size; rest > 0;) {
    Bytes part = Bytes(kZeros).first(std::min<std::uint64_t>(rest, kZeros.size()));
    TRY(add(part));
    rest -= part.size();
  }
  return {};
}

/// Whether the last piece fits behind the inode, and is less with the map that this takes than as it is.
bool PackedBody::goes_behind(Bytes packed) const {
  std::size_t map = map_size(size_, head_);
  return !packed.empty() && head_ + map + packed.size() <= kBlockSize &&
         (!is_flat() || map + packed.size() < buffer_.size());
}

bool PackedBody::is_flat() const {
  for (std::size_t i = 0; i < pieces_.size(); ++i)
    if (pieces_[i].is_packed || pieces_[i].block != pieces_[0].block + i * kPieceBlocks) return false;
  return true;
}

/// Also when `more` bytes are written now.
bool PackedBody::stays_flat(std::size_t more) const {
  return is_flat() && (pieces_.empty() || more == 0 ||
                       writer_.next_block() == pieces_.front().block + pieces_.size() * kPieceBlocks);
}

Result<> PackedBody::add_last() {
  if (auto found = writer_.find(buffer_)) {
    pieces_.push_back(*found);
    return {};
  }
  Bytes packed = writer_.compress(buffer_);
  std::size_t rest = size_ % kBlockSize;
  if (goes_behind(packed)) {
    tail_.assign(packed.begin(), packed.end());
    pieces_.push_back({.is_packed = true});
  } else if (PieceWriter::saves_a_block(buffer_, packed)) {
    pieces_.push_back(TRY(writer_.write_packed(packed)));
    writer_.remember(pieces_.back());
  } else if (rest > 0 && head_ + rest <= kBlockSize && !writer_.wants_blocks(buffer_) &&
             stays_flat(buffer_.size() - rest)) {
    Bytes whole = Bytes(buffer_).first(buffer_.size() - rest);
    if (!whole.empty()) pieces_.push_back(TRY(writer_.write_plain(whole)));
    tail_.assign(buffer_.end() - static_cast<std::ptrdiff_t>(rest), buffer_.end());
  } else {
    pieces_.push_back(TRY(writer_.write_plain(buffer_)));
    writer_.remember(pieces_.back());
  }
  return {};
}

Result<Content> PackedBody::finish() {
  TRY(add_zeros(size_ - done_));
  if (size_ == 0) return Content{};
  TRY(add_last());
  if (is_flat()) return flat();
  return std::ranges::any_of(pieces_, &Piece::is_packed) ? packed() : chunked();
}

Content PackedBody::flat() {
  Content content{.layout = tail_.empty() ? Layout::plain : Layout::inline_tail, .size = size_};
  if (!pieces_.empty()) content.place = pieces_.front().block;
  behind_ = std::move(tail_);
  return content;
}

Content PackedBody::chunked() {
  std::vector<Little32> map;
  map.reserve(pieces_.size());
  for (const Piece& piece : pieces_) map.emplace_back(piece.block);
  Bytes bytes = std::as_bytes(std::span(map));
  behind_.assign(bytes.begin(), bytes.end());
  return {.layout = Layout::chunked, .size = size_, .place = std::countr_zero(kPieceBlocks)};
}

Content PackedBody::packed() {
  Content content{.layout = Layout::packed, .size = size_};
  for (const Piece& piece : pieces_) content.place += piece.blocks;
  behind_ = encode_map(pieces_, size_, head_, writer_.algorithm(), tail_);
  return content;
}

}  // namespace gantry::erofs
