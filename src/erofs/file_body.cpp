#include "erofs/file_body.hpp"

#include <algorithm>

namespace gantry::erofs {

namespace {

/// Fewer bytes of holes cost less as zeros.
constexpr std::uint64_t kFewZeros = 64u << 10;

/// So the map of the largest sparse file has 256 KiB. Chunks of one block reach up to 256 MiB then.
constexpr std::uint64_t kMaxChunks = 64u << 10;

}  // namespace

bool is_worth_chunks(const archive::Entry& file) {
  if (!file.extents) return false;
  std::uint64_t holes = file.size;
  for (const archive::Extent& extent : *file.extents) holes -= extent.length;
  return holes >= kFewZeros;
}

FlatBody::FlatBody(ImageFile& image, FileType type, std::uint64_t size, std::size_t xattrs) : image_(image) {
  std::uint64_t tail = size % kBlockSize;
  bool is_inline = tail > 0 && sizeof(Inode) + xattrs + tail <= kBlockSize;
  in_blocks_ = is_inline ? size - tail : size;
  content_ = {.type = type, .layout = is_inline ? Layout::inline_tail : Layout::plain, .size = size};
  if (in_blocks_ > 0) content_.place = image.block();
}

Result<> FlatBody::write(std::uint64_t offset, Bytes data) {
  TRY(add_zeros(offset - done_));
  done_ = offset + data.size();
  std::size_t direct =
      offset >= in_blocks_ ? 0 : static_cast<std::size_t>(std::min<std::uint64_t>(in_blocks_ - offset, data.size()));
  TRY(image_.append(data.first(direct)));
  std::ranges::copy(data.subspan(direct), tail_.begin() + static_cast<std::ptrdiff_t>(in_tail_));
  in_tail_ += data.size() - direct;
  return {};
}

Result<> FlatBody::add_zeros(std::uint64_t size) {
  std::uint64_t direct = std::min(in_blocks_ - std::min(done_, in_blocks_), size);
  TRY(image_.append_zeros(direct));
  std::fill_n(tail_.begin() + static_cast<std::ptrdiff_t>(in_tail_), size - direct, std::byte{0});
  in_tail_ += static_cast<std::size_t>(size - direct);
  done_ += size;
  return {};
}

Result<Content> FlatBody::finish() {
  TRY(add_zeros(content_.size - done_));
  TRY(image_.fill_block());
  return content_;
}

ChunkedBody::ChunkedBody(ImageFile& image, std::uint64_t size, unsigned bits)
    : image_(image), size_(size), bits_(bits), map_(((size - 1) >> bits) + 1, Little32(kNoBlock)) {}

Result<ChunkedBody> ChunkedBody::make(ImageFile& image, std::uint64_t size) {
  unsigned bits = kBlockBits;
  while ((size - 1) >> bits >= kMaxChunks) ++bits;
  if (bits - kBlockBits > kChunkBitsMask) return fail(Code::unsupported, "its size of {} bytes is too large", size);
  return ChunkedBody(image, size, bits);
}

Result<> ChunkedBody::write(std::uint64_t offset, Bytes data) {
  while (!data.empty()) {
    std::uint64_t chunk = offset >> bits_;
    if (!in_chunk_ || chunk != chunk_) TRY(begin_chunk(chunk));
    std::uint64_t start = chunk << bits_;
    TRY(image_.append_zeros(chunk_at_ + (offset - start) - image_.position()));
    std::uint64_t room = (std::uint64_t{1} << bits_) - (offset - start);
    std::size_t step = static_cast<std::size_t>(std::min<std::uint64_t>(room, data.size()));
    TRY(image_.append(data.first(step)));
    offset += step;
    data = data.subspan(step);
  }
  return {};
}

Result<> ChunkedBody::begin_chunk(std::uint64_t chunk) {
  TRY(end_chunk());
  chunk_ = chunk;
  chunk_at_ = image_.position();
  in_chunk_ = true;
  map_[chunk] = image_.block();
  return {};
}

/// All of a chunk's blocks are in the image, as the kernel reads ahead in it; the last one ends with the file.
Result<> ChunkedBody::end_chunk() {
  if (!in_chunk_) return {};
  std::uint64_t length = std::min(std::uint64_t{1} << bits_, size_ - (chunk_ << bits_));
  TRY(image_.append_zeros(chunk_at_ + length - image_.position()));
  return image_.fill_block();
}

Result<Content> ChunkedBody::finish() {
  TRY(end_chunk());
  return Content{.layout = Layout::chunked, .size = size_, .place = bits_ - kBlockBits};
}

}  // namespace gantry::erofs
