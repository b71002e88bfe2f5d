#pragma once

#include "archive/entry.hpp"
#include "base/stream.hpp"
#include "erofs/format.hpp"

#include <cstdint>
#include <vector>

namespace gantry::erofs {

/// What a layer's entry says about a file or folder besides its name and content.
struct Attributes {
  unsigned mode = 0;  ///< permission bits, 07777
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  Timestamp mtime = 0;
  std::vector<archive::Xattr> xattrs;  ///< only those that a layer may have
};
/// Only files and folders get extended attributes. Code::invalid for an owner that no file can have and for attributes
/// that the kernel would not take, Code::unsupported for values that are too long for the format.
Result<Attributes> attributes_of(const archive::Entry& entry);

/// Sets `xattr` in place of an earlier one of that name.
void set_xattr(std::vector<archive::Xattr>& xattrs, archive::Xattr xattr);

/// Attributes as they lie behind an inode, empty when there are none; a multiple of 4 bytes. Errors as above.
Result<std::vector<std::byte>> encode_xattrs(const std::vector<archive::Xattr>& xattrs);

/// What an inode says about the content.
struct Content {
  FileType type = FileType::file;
  Layout layout = Layout::plain;
  std::uint64_t size = 0;
  std::uint32_t place = 0;  ///< as in Inode
};

Inode make_inode(const Attributes& attributes, const Content& content, std::uint32_t links, Bytes encoded_xattrs);

}  // namespace gantry::erofs
