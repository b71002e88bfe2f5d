#pragma once

#include "archive/entry.hpp"
#include "base/fd.hpp"
#include "base/stream.hpp"
#include "erofs/format.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace gantry::erofs {

/// What an image says about a file.
struct FileView {
  std::uint64_t inode = 0;
  unsigned mode = 0;  ///< with the type, as in stat(2)
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint32_t links = 0;
  Timestamp mtime = 0;
  std::uint64_t size = 0;
  Layout layout = Layout::plain;
  std::uint32_t place = 0;   ///< as in Inode
  std::uint64_t behind = 0;  ///< offset in the image of what lies behind inode and attributes
  std::vector<archive::Xattr> xattrs;
};

struct NameView {
  std::string name;
  std::uint64_t inode = 0;
  FileType type = FileType::file;
};

/// Reads the images that write_layer() makes and trusts nothing in them: every place is checked against the image's
/// size, every name against the order that lookup relies on. Errors are Code::corrupt.
class ImageReader {
 public:
  /// Checks the superblock. `image` and `devices` outlive the reader. Without devices what lies in them cannot be read.
  static Result<ImageReader> open(const Fd& image, std::span<const Fd> devices = {});

  /// The names of the other files that it has blocks of.
  const std::vector<std::string>& device_names() const { return names_; }
  std::uint64_t root() const { return root_; }
  Result<FileView> file(std::uint64_t inode) const;
  /// Part of a file's data, or of a symlink's target.
  Result<> read(const FileView& file, std::uint64_t offset, std::span<std::byte> buffer) const;
  /// The names in a directory, without "." and "..", which are there and lead to it and to `parent`.
  Result<std::vector<NameView>> names(const FileView& directory, std::uint64_t parent) const;

 private:
  ImageReader(const Fd& image, std::uint64_t size) : image_(&image), size_(size) {}
  struct Device {
    std::uint64_t at = 0;
    std::uint64_t size = 0;
    const Fd* file = nullptr;
  };

  Result<> read_devices(const SuperBlock& super, std::span<const Fd> devices);
  Result<> read_at(std::uint64_t offset, std::span<std::byte> buffer) const;
  Result<std::vector<archive::Xattr>> xattrs(std::uint64_t at, std::uint64_t size) const;
  Result<std::uint64_t> place_of(const FileView& file, std::uint64_t block) const;
  Result<> read_packed(const FileView& file, std::uint64_t offset, std::span<std::byte> buffer) const;
  Result<> read_piece(const FileView& file, std::uint64_t number, std::span<std::byte> piece) const;

  const Fd* image_;
  std::uint64_t size_ = 0;
  std::uint64_t root_ = 0;
  std::vector<Device> devices_;
  std::vector<std::string> names_;
};

}  // namespace gantry::erofs
