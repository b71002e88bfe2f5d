#pragma once

#include "erofs/image_file.hpp"
#include "erofs/tree.hpp"

#include <vector>

namespace gantry::erofs {

/// Where the root's inode lies: the superblock has 16 bits for its number, so it cannot be at the end with the others.
/// A record of an algorithm is before it.
inline constexpr std::uint64_t kRootAt = kSuperBlockAt + sizeof(SuperBlock) + kInodeSlot;

/// Writes all folders of `tree` at the end of the image, in one piece, and their inodes' numbers into the tree: first
/// whole blocks of names, then the inodes with the rest of the names. Returns the root's inode and what lies behind it,
/// for kRootAt: it ends with the block. Code::unsupported when the root's attributes do not fit there.
Result<std::vector<std::byte>> write_directories(Tree& tree, ImageFile& image);

}  // namespace gantry::erofs
