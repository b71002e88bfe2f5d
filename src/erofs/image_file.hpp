#pragma once

#include "base/fd.hpp"
#include "base/stream.hpp"

#include <cstdint>
#include <memory>

namespace gantry::erofs {

/// An image as it grows: appended to, in large writes that begin and end between blocks, and corrected where something
/// has been appended before.
class ImageFile {
 public:
  /// `out` is an empty file that can be written at any offset; it outlives this.
  explicit ImageFile(const Fd& out);

  /// Where the next byte goes.
  std::uint64_t position() const { return base_ + used_; }
  /// The block there; only between blocks.
  std::uint32_t block() const;

  /// Lets the image grow up to that block only. False when it is longer already.
  bool limit(std::uint32_t block);

  /// Code::unsupported when the image becomes longer than block numbers reach (16 TiB).
  Result<> append(Bytes data);
  /// Zeros; many of them are left out as a hole.
  Result<> append_zeros(std::uint64_t size);
  /// Zeros up to the end of the block.
  Result<> fill_block();

  /// Replaces what has been appended at `at`.
  Result<> patch(std::uint64_t at, Bytes data);

  /// Writes what is still here and sets the file's size.
  Result<> finish();

 private:
  Result<> check_room(std::uint64_t size) const;
  Result<> write_with(Bytes data);

  const Fd& out_;
  std::uint64_t max_size_;
  std::uint64_t base_ = 0;  ///< of the buffer in the file; between blocks
  std::size_t used_ = 0;
  std::unique_ptr<std::byte[]> buffer_;
};

}  // namespace gantry::erofs
