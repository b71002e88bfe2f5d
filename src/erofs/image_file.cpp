#include "erofs/image_file.hpp"

#include "erofs/format.hpp"

#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace gantry::erofs {

namespace {

constexpr std::size_t kCapacity = 256u << 10;
static_assert(kCapacity % kBlockSize == 0);

/// From here on zeros cost more than the system call that leaves them out.
constexpr std::uint64_t kHole = 64u << 10;

Result<> write_at(const Fd& out, std::array<iovec, 2> parts, std::uint64_t at) {
  while (parts[0].iov_len + parts[1].iov_len > 0) {
    ssize_t put = pwritev(out.get(), parts.data(), parts.size(), static_cast<off_t>(at));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return Error::system("write the image");
    at += static_cast<std::uint64_t>(put);
    std::size_t done = static_cast<std::size_t>(put);
    for (iovec& part : parts) {
      std::size_t step = std::min(done, part.iov_len);
      part.iov_base = static_cast<std::byte*>(part.iov_base) + step;
      part.iov_len -= step;
      done -= step;
    }
  }
  return {};
}

iovec part_of(Bytes data) { return {const_cast<std::byte*>(data.data()), data.size()}; }

void copy_to(std::byte* place, Bytes data) {
  if (!data.empty()) std::memcpy(place, data.data(), data.size());
}

}  // namespace

ImageFile::ImageFile(const Fd& out)
    : out_(out), max_size_(kMaxBlocks << kBlockBits), buffer_(std::make_unique_for_overwrite<std::byte[]>(kCapacity)) {}

std::uint32_t ImageFile::block() const { return static_cast<std::uint32_t>(position() >> kBlockBits); }

bool ImageFile::limit(std::uint32_t block) {
  const std::uint64_t size = std::uint64_t{block} << kBlockBits;
  if (position() > size) return false;
  max_size_ = size;
  return true;
}

Result<> ImageFile::check_room(std::uint64_t size) const {
  if (size <= max_size_ - position()) return {};
  return fail(Code::unsupported, "the image would be longer than {} bytes", max_size_);
}

/// Writes the buffer and as much of `data` as ends between blocks; keeps the rest.
Result<> ImageFile::write_with(Bytes data) {
  std::size_t whole = (used_ + data.size()) / kBlockSize * kBlockSize;
  Bytes direct = data.first(whole - used_);
  TRY(write_at(out_, {part_of({buffer_.get(), used_}), part_of(direct)}, base_));
  base_ += whole;
  used_ = data.size() - direct.size();
  copy_to(buffer_.get(), data.subspan(direct.size()));
  return {};
}

Result<> ImageFile::append(Bytes data) {
  TRY(check_room(data.size()));
  if (used_ + data.size() >= kCapacity) return write_with(data);
  copy_to(buffer_.get() + used_, data);
  used_ += data.size();
  return {};
}

Result<> ImageFile::append_zeros(std::uint64_t size) {
  static constexpr std::array<std::byte, kBlockSize> kZeros{};
  TRY(check_room(size));
  if (size >= kHole) {
    std::uint64_t end = position() + size;
    TRY(fill_block());
    TRY(write_with({}));
    base_ = end / kBlockSize * kBlockSize;
    size = end - base_;
  }
  while (size > 0) {
    std::size_t step = static_cast<std::size_t>(std::min<std::uint64_t>(size, kZeros.size()));
    TRY(append(Bytes(kZeros).first(step)));
    size -= step;
  }
  return {};
}

Result<> ImageFile::fill_block() { return append_zeros(round_up(position(), kBlockSize) - position()); }

Result<> ImageFile::patch(std::uint64_t at, Bytes data) {
  std::size_t written = at >= base_ ? 0 : static_cast<std::size_t>(std::min<std::uint64_t>(base_ - at, data.size()));
  TRY(write_at(out_, {part_of(data.first(written)), iovec{}}, at));
  if (written < data.size()) copy_to(buffer_.get() + (at + written - base_), data.subspan(written));
  return {};
}

Result<> ImageFile::finish() {
  TRY(fill_block());
  TRY(write_with({}));
  if (ftruncate(out_.get(), static_cast<off_t>(base_)) < 0) return Error::system("set the image's size");
  return {};
}

}  // namespace gantry::erofs
