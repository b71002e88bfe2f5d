#include "erofs/reader.hpp"

#include "erofs/checksum.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace gantry::erofs {

namespace {

constexpr std::uint64_t kNowhere = ~std::uint64_t{0};

template <class T>
std::span<std::byte> space_of(T& value) {
  return std::as_writable_bytes(std::span(&value, 1));
}

template <class T>
T cut_from(Bytes block, std::size_t at) {
  T value;
  std::memcpy(&value, block.data() + at, sizeof value);
  return value;
}

Result<Timestamp> time_of(const Inode& inode) {
  Timestamp time;
  if (inode.mtime_nanoseconds >= kSecond ||
      __builtin_mul_overflow(static_cast<std::int64_t>(std::uint64_t(inode.mtime)), kSecond, &time) ||
      __builtin_add_overflow(time, std::uint32_t(inode.mtime_nanoseconds), &time))
    return fail(Code::corrupt, "an inode's time is out of range");
  return time;
}

Result<std::string> xattr_prefix(std::uint8_t index) {
  switch (index) {
    case 1:
      return std::string("user.");
    case 4:
      return std::string("trusted.");
    case 6:
      return std::string("security.");
    default:
      return fail(Code::corrupt, "an attribute has the unknown prefix {}", index);
  }
}

/// The names of one block, as far as `block` is long.
Result<std::vector<NameView>> names_in(Bytes block) {
  std::vector<NameView> names;
  auto name_at = [&](std::size_t index) -> std::size_t {
    return cut_from<DirectoryEntry>(block, index * sizeof(DirectoryEntry)).name_offset;
  };
  std::size_t first = block.size() < sizeof(DirectoryEntry) ? 0 : name_at(0);
  if (first == 0 || first % sizeof(DirectoryEntry) != 0 || first > block.size())
    return fail(Code::corrupt, "a directory's block has no names");
  std::size_t count = first / sizeof(DirectoryEntry);
  for (std::size_t i = 0; i < count; ++i) {
    auto entry = cut_from<DirectoryEntry>(block, i * sizeof(DirectoryEntry));
    std::size_t begin = entry.name_offset;
    std::size_t end = i + 1 < count ? name_at(i + 1) : block.size();
    if (begin < first || begin >= end || end > block.size())
      return fail(Code::corrupt, "a name lies outside its block");
    std::string_view name = as_text(block.subspan(begin, end - begin));
    if (i + 1 == count) name = name.substr(0, name.find('\0'));
    if (name.empty() || name.size() > kMaxName || name.find_first_of(std::string_view("/\0", 2)) != name.npos)
      return fail(Code::corrupt, "'{}' cannot be a name", name);
    names.push_back({std::string(name), entry.inode, static_cast<FileType>(entry.type)});
  }
  return names;
}

}  // namespace

Result<ImageReader> ImageReader::open(const Fd& image, std::span<const Fd> devices) {
  struct stat info;
  if (fstat(image.get(), &info) < 0) return Error::system("look at the image");
  ImageReader reader(image, static_cast<std::uint64_t>(info.st_size));
  std::array<std::byte, kBlockSize> block;
  TRY(reader.read_at(0, block));
  auto super = cut_from<SuperBlock>(block, kSuperBlockAt);
  if (super.magic != kMagic || super.block_bits != kBlockBits || super.metadata_block != 0 ||
      (super.feature_incompat & ~kIncompatOurs) != 0)
    return fail(Code::corrupt, "it is not an image of ours");
  if (std::uint64_t{super.blocks} << kBlockBits != reader.size_)
    return fail(Code::corrupt, "the image has {} bytes but {} blocks", reader.size_, std::uint32_t(super.blocks));
  std::uint32_t checksum = super.checksum;
  super.checksum = 0;
  std::memcpy(block.data() + kSuperBlockAt, &super, sizeof super);
  if (checksum != crc32c(Bytes(block).subspan(kSuperBlockAt)))
    return fail(Code::corrupt, "the superblock does not match its checksum");
  reader.root_ = super.root;
  TRY(reader.read_devices(super, devices));
  return reader;
}

Result<> ImageReader::read_devices(const SuperBlock& super, std::span<const Fd> devices) {
  if ((super.feature_incompat & kIncompatDevices) == 0) return {};
  if (super.extra_devices > kMaxDevices || super.device_slot != kDevicesAt / sizeof(DeviceSlot))
    return fail(Code::corrupt, "its table of devices is not of our form");
  std::vector<DeviceSlot> slots(super.extra_devices);
  TRY(read_at(kDevicesAt, std::as_writable_bytes(std::span(slots))));
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const auto* tag = reinterpret_cast<const char*>(slots[i].tag);
    names_.emplace_back(tag, strnlen(tag, sizeof slots[i].tag));
    devices_.push_back({std::uint64_t{slots[i].place} << kBlockBits, std::uint64_t{slots[i].blocks} << kBlockBits,
                        i < devices.size() ? &devices[i] : nullptr});
  }
  return {};
}

Result<> ImageReader::read_at(std::uint64_t offset, std::span<std::byte> buffer) const {
  const Fd* file = image_;
  std::uint64_t size = size_;
  for (const Device& device : devices_) {
    if (offset < device.at || offset - device.at >= device.size) continue;
    if (device.file == nullptr) return fail(Code::not_found, "a device of the image is missing");
    file = device.file;
    size = device.size;
    offset -= device.at;
    break;
  }
  if (offset > size || buffer.size() > size - offset)
    return fail(Code::corrupt, "offset {} is outside the image", offset);
  while (!buffer.empty()) {
    ssize_t got = pread(file->get(), buffer.data(), buffer.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Error::system("read the image");
    if (got == 0) return fail(Code::corrupt, "the image is truncated");
    offset += static_cast<std::uint64_t>(got);
    buffer = buffer.subspan(static_cast<std::size_t>(got));
  }
  return {};
}

Result<FileView> ImageReader::file(std::uint64_t inode) const {
  if (inode > size_ / kInodeSlot) return fail(Code::corrupt, "inode {} is outside the image", inode);
  Inode raw;
  TRY(read_at(inode * kInodeSlot, space_of(raw)));
  FileView view{.inode = inode, .mode = raw.mode, .uid = raw.uid, .gid = raw.gid, .links = raw.links};
  view.mtime = TRY(time_of(raw));
  view.size = raw.size;
  view.place = raw.place;
  view.layout = static_cast<Layout>(raw.format >> 1);
  bool is_known = view.layout == Layout::plain || view.layout == Layout::inline_tail ||
                  view.layout == Layout::chunked || view.layout == Layout::packed;
  if (raw.format % 2 != 1 || !is_known) return fail(Code::corrupt, "inode {} has an unknown format", inode);
  std::uint64_t at = inode * kInodeSlot + sizeof raw;
  std::uint64_t xattr_size = raw.xattr_count == 0 ? 0 : sizeof(XattrHeader) + std::uint64_t{4} * (raw.xattr_count - 1u);
  view.behind = at + xattr_size;
  if (xattr_size > 0) view.xattrs = TRY(xattrs(at, xattr_size));
  std::uint64_t tail = view.layout == Layout::inline_tail ? view.size % kBlockSize : 0;
  if (view.behind % kBlockSize + tail > kBlockSize)
    return fail(Code::corrupt, "inode {} has a tail in two blocks", inode);
  return view;
}

Result<std::vector<archive::Xattr>> ImageReader::xattrs(std::uint64_t at, std::uint64_t size) const {
  std::vector<std::byte> bytes(size);
  TRY(read_at(at, bytes));
  std::vector<archive::Xattr> found;
  for (std::size_t next = sizeof(XattrHeader); next < size;) {
    auto entry = cut_from<XattrEntry>(bytes, next);
    std::size_t name_at = next + sizeof entry;
    std::size_t end = name_at + entry.name_length + entry.value_size;
    if (end > size) return fail(Code::corrupt, "an attribute is longer than there is room");
    std::string_view text = as_text(bytes);
    std::string name = TRY(xattr_prefix(entry.prefix));
    name += text.substr(name_at, entry.name_length);
    found.push_back({std::move(name), std::string(text.substr(name_at + entry.name_length, entry.value_size))});
    next = round_up(end, sizeof entry);
  }
  return found;
}

/// Where a block of a file's data lies; kNowhere in a hole.
Result<std::uint64_t> ImageReader::place_of(const FileView& file, std::uint64_t block) const {
  if (file.layout != Layout::chunked) {
    bool is_tail = file.layout == Layout::inline_tail && block == file.size / kBlockSize;
    return is_tail ? file.behind : (file.place + block) << kBlockBits;
  }
  unsigned bits = file.place & kChunkBitsMask;
  if (file.place != bits) return fail(Code::corrupt, "inode {} has an unknown form of chunks", file.inode);
  Little32 first;
  TRY(read_at(file.behind + (block >> bits) * sizeof first, space_of(first)));
  if (first == kNoBlock) return kNowhere;
  return (first + (block & ((std::uint64_t{1} << bits) - 1))) << kBlockBits;
}

Result<> ImageReader::read(const FileView& file, std::uint64_t offset, std::span<std::byte> buffer) const {
  if (offset > file.size || buffer.size() > file.size - offset)
    return fail(Code::corrupt, "offset {} is outside inode {}", offset, file.inode);
  if (file.layout == Layout::packed) return read_packed(file, offset, buffer);
  while (!buffer.empty()) {
    std::uint64_t in_block = offset % kBlockSize;
    std::size_t step = std::min<std::size_t>(buffer.size(), kBlockSize - in_block);
    std::uint64_t place = TRY(place_of(file, offset >> kBlockBits));
    if (place == kNowhere) std::ranges::fill(buffer.first(step), std::byte{0});
    else TRY(read_at(place + in_block, buffer.first(step)));
    offset += step;
    buffer = buffer.subspan(step);
  }
  return {};
}

Result<std::vector<NameView>> ImageReader::names(const FileView& directory, std::uint64_t parent) const {
  std::vector<NameView> names;
  if (directory.size > size_) return fail(Code::corrupt, "directory {} is longer than the image", directory.inode);
  std::array<std::byte, kBlockSize> block;
  for (std::uint64_t at = 0; at < directory.size; at += kBlockSize) {
    auto part = std::span(block).first(std::min<std::uint64_t>(kBlockSize, directory.size - at));
    TRY(read(directory, at, part));
    auto more = TRY(names_in(part));
    std::ranges::move(more, std::back_inserter(names));
  }
  for (std::size_t i = 1; i < names.size(); ++i)
    if (names[i - 1].name >= names[i].name) return fail(Code::corrupt, "'{}' is out of order", names[i].name);
  for (auto [dots, leads_to] : {std::pair(".", directory.inode), std::pair("..", parent)}) {
    auto found = std::ranges::find(names, dots, &NameView::name);
    if (found == names.end() || found->inode != leads_to || found->type != FileType::directory)
      return fail(Code::corrupt, "directory {} has a wrong '{}'", directory.inode, dots);
    names.erase(found);
  }
  return names;
}

}  // namespace gantry::erofs
