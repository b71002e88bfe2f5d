#pragma once

#include "erofs/format.hpp"
#include "erofs/image_file.hpp"

#include <cstdint>
#include <deque>
#include <vector>

namespace gantry::erofs {

/// Puts inodes into the image as their files are finished, between the data: each with its attributes and its tail, as
/// many in a block as fit. Blocks come in runs, which are written whole, and which grow with their number so that small
/// images stay small.
class InodeStore {
 public:
  explicit InodeStore(ImageFile& image) : image_(image) {}

  /// Stores an inode with what lies behind it, in one block unless it is longer than that. Its number.
  Result<std::uint64_t> add(Bytes item);
  /// Writes what is still here.
  Result<> finish();

 private:
  struct Run {
    std::uint64_t at = 0;
    std::size_t blocks = 0;
    std::vector<std::byte> bytes;
    std::vector<std::size_t> used;  ///< of each block that has been begun
  };
  struct Place {
    Run* run = nullptr;
    std::size_t block = 0;
  };
  Place find_room(std::size_t size);
  Result<Place> make_room();
  Result<> write_first();

  ImageFile& image_;
  std::deque<Run> open_;  ///< a block that does not take this inode may take the next one
  std::size_t blocks_ = 0;
  std::vector<std::byte> spare_;  ///< memory of a run that has been written
};

}  // namespace gantry::erofs
