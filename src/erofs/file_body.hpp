#pragma once

#include "archive/entry.hpp"
#include "erofs/image_file.hpp"
#include "erofs/inode.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace gantry::erofs {

/// A file's data on its way into the image: pieces in ascending order, holes between them.
class FileBody {
 public:
  virtual ~FileBody() = default;
  virtual Result<> write(std::uint64_t offset, Bytes data) = 0;
  virtual Result<Content> finish() = 0;
  /// What lies behind the inode and its attributes.
  virtual Bytes behind() const = 0;
};

/// Whether a file's holes are worth a map of chunks.
bool is_worth_chunks(const archive::Entry& file);

/// Consecutive blocks; holes become zeros.
class FlatBody final : public FileBody {
 public:
  /// The last, partial block goes behind the inode when it fits into a block with it and its `xattrs` bytes.
  FlatBody(ImageFile& image, FileType type, std::uint64_t size, std::size_t xattrs);
  Result<> write(std::uint64_t offset, Bytes data) override;
  Result<Content> finish() override;
  Bytes behind() const override { return Bytes(tail_).first(in_tail_); }

 private:
  Result<> add_zeros(std::uint64_t size);

  ImageFile& image_;
  Content content_;
  std::uint64_t in_blocks_ = 0;  ///< bytes that do not go into the tail
  std::uint64_t done_ = 0;
  std::size_t in_tail_ = 0;
  std::array<std::byte, kBlockSize> tail_;
};

/// Chunks that hold nothing are not in the image.
class ChunkedBody final : public FileBody {
 public:
  /// Code::unsupported when the format has no chunks that are large enough.
  static Result<ChunkedBody> make(ImageFile& image, std::uint64_t size);
  Result<> write(std::uint64_t offset, Bytes data) override;
  Result<Content> finish() override;
  Bytes behind() const override { return std::as_bytes(std::span(map_)); }

 private:
  ChunkedBody(ImageFile& image, std::uint64_t size, unsigned bits);
  Result<> begin_chunk(std::uint64_t chunk);
  Result<> end_chunk();

  ImageFile& image_;
  std::uint64_t size_ = 0;
  unsigned bits_ = 0;           ///< of a chunk's size
  std::vector<Little32> map_;   ///< of chunks to their first block
  std::uint64_t chunk_ = 0;     ///< the one that is being written
  std::uint64_t chunk_at_ = 0;  ///< its place in the image
  bool in_chunk_ = false;
};

}  // namespace gantry::erofs
