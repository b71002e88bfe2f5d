#pragma once

#include "erofs/format.hpp"
#include "erofs/image_file.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace gantry::erofs {

/// Puts inodes into the image as their files are finished, between the data: each with its attributes and its tail, as
/// many in a block as fit. Blocks come in runs that grow with their number, so that who reads many inodes reads ahead.
class InodeStore {
 public:
  explicit InodeStore(ImageFile& image) : image_(image) {}

  /// Stores an inode with what lies behind it, in one block unless it is longer than that. Its number.
  Result<std::uint64_t> add(Bytes item);
  /// Writes the blocks that are still being filled.
  Result<> finish();

 private:
  struct Block {
    std::uint64_t at = 0;
    std::size_t used = 0;
    std::array<std::byte, kBlockSize> bytes = {};
  };
  Result<std::size_t> block_with(std::size_t room);
  Result<> open_block();
  Result<> close_block(std::size_t index);

  ImageFile& image_;
  std::vector<Block> open_;  ///< a block that does not take the next inode may take a smaller one
  std::uint64_t next_ = 0;   ///< of the run
  std::uint64_t end_ = 0;
  std::uint64_t blocks_ = 0;  ///< in all runs
};

}  // namespace gantry::erofs
