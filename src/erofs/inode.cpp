#include "erofs/inode.hpp"

#include "archive/node_metadata.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>
#include <string_view>

namespace gantry::erofs {

namespace {

constexpr std::size_t kMaxXattrs =
    sizeof(XattrHeader) + std::size_t{4} * (std::numeric_limits<std::uint16_t>::max() - 1);
constexpr std::size_t kMaxXattrValue = std::numeric_limits<std::uint16_t>::max();

unsigned mode_of(FileType type) {
  switch (type) {
    case FileType::file:
      return S_IFREG;
    case FileType::directory:
      return S_IFDIR;
    case FileType::character:
      return S_IFCHR;
    case FileType::block:
      return S_IFBLK;
    case FileType::fifo:
      return S_IFIFO;
    case FileType::symlink:
      return S_IFLNK;
  }
  return 0;
}

struct XattrName {
  std::uint8_t prefix = 0;
  std::string_view rest;
};

std::optional<XattrName> split_name(std::string_view name) {
  constexpr std::pair<std::string_view, std::uint8_t> kPrefixes[] = {{"user.", 1}, {"trusted.", 4}, {"security.", 6}};
  for (auto [prefix, index] : kPrefixes)
    if (name.starts_with(prefix)) return XattrName{index, name.substr(prefix.size())};
  return std::nullopt;
}

/// As setxattr(2) takes it: nothing but this ends up in an inode of other file systems.
bool is_capability(std::string_view value) {
  constexpr std::size_t kSizes[] = {20, 24};  // of revisions 2 and 3 (linux/capability.h)
  if (value.size() != kSizes[0] && value.size() != kSizes[1]) return false;
  std::uint8_t revision = static_cast<std::uint8_t>(value[3]);
  return revision == (value.size() == kSizes[0] ? 2 : 3);
}

Result<XattrName> check_xattr(const archive::Xattr& xattr) {
  auto name = split_name(xattr.name);
  if (!name || name->rest.empty() || xattr.name.size() > kMaxName || xattr.name.find('\0') != std::string::npos)
    return fail(Code::invalid, "no attribute can have the name '{}'", xattr.name);
  if (xattr.name == "security.capability" && !is_capability(xattr.value))
    return fail(Code::invalid, "its attribute {} is malformed", xattr.name);
  if (xattr.value.size() > kMaxXattrValue)
    return fail(Code::unsupported, "its attribute {} of {} bytes is too long", xattr.name, xattr.value.size());
  return *name;
}

void append(std::vector<std::byte>& bytes, Bytes more) { bytes.insert(bytes.end(), more.begin(), more.end()); }

template <class T>
Bytes bytes_of(const T& value) {
  return std::as_bytes(std::span(&value, 1));
}

}  // namespace

Result<Attributes> attributes_of(const archive::Entry& entry) {
  // The highest number means "no owner" to the kernel.
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max() - 1;
  if (entry.uid > kMost || entry.gid > kMost)
    return fail(Code::invalid, "its owner {}:{} is out of range", entry.uid, entry.gid);
  Attributes attributes{.mode = entry.kind == archive::Kind::symlink ? 0777 : entry.mode,
                        .uid = static_cast<std::uint32_t>(entry.uid),
                        .gid = static_cast<std::uint32_t>(entry.gid),
                        .mtime = entry.mtime};
  if (entry.kind != archive::Kind::file && entry.kind != archive::Kind::directory) return attributes;
  for (const archive::Xattr& xattr : entry.xattrs) {
    if (!archive::is_layer_xattr(xattr.name)) continue;
    TRY(check_xattr(xattr));
    set_xattr(attributes.xattrs, xattr);
  }
  return attributes;
}

void set_xattr(std::vector<archive::Xattr>& xattrs, archive::Xattr xattr) {
  auto same = std::ranges::find(xattrs, xattr.name, &archive::Xattr::name);
  if (same == xattrs.end()) xattrs.push_back(std::move(xattr));
  else *same = std::move(xattr);
}

Result<std::vector<std::byte>> encode_xattrs(const std::vector<archive::Xattr>& xattrs) {
  std::vector<std::byte> bytes;
  if (xattrs.empty()) return bytes;
  append(bytes, bytes_of(XattrHeader()));
  for (const archive::Xattr& xattr : xattrs) {
    XattrName name = TRY(check_xattr(xattr));
    XattrEntry entry{static_cast<std::uint8_t>(name.rest.size()), name.prefix,
                     static_cast<std::uint16_t>(xattr.value.size())};
    append(bytes, bytes_of(entry));
    append(bytes, as_bytes(name.rest));
    append(bytes, as_bytes(xattr.value));
    bytes.resize(round_up(bytes.size(), sizeof entry));
  }
  if (bytes.size() > kMaxXattrs)
    return fail(Code::unsupported, "its attributes of {} bytes are too long", bytes.size());
  return bytes;
}

Inode make_inode(const Attributes& attributes, const Content& content, std::uint32_t links, Bytes encoded_xattrs) {
  using namespace std::chrono;
  auto time = nanoseconds(attributes.mtime);
  auto whole = floor<seconds>(time);
  Inode inode;
  inode.format = inode_format(content.layout);
  if (!encoded_xattrs.empty())
    inode.xattr_count = static_cast<std::uint16_t>((encoded_xattrs.size() - sizeof(XattrHeader)) / 4 + 1);
  inode.mode = static_cast<std::uint16_t>(mode_of(content.type) | (attributes.mode & 07777));
  inode.size = content.size;
  inode.place = content.place;
  inode.uid = attributes.uid;
  inode.gid = attributes.gid;
  inode.mtime = static_cast<std::uint64_t>(whole.count());
  inode.mtime_nanoseconds = static_cast<std::uint32_t>((time - whole).count());
  inode.links = links;
  return inode;
}

}  // namespace gantry::erofs
