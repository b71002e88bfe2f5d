#include "archive/file_reading.hpp"

#include "archive/node_metadata.hpp"

#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

namespace gantry::archive {

namespace {

Result<std::string> read_xattr(const Fd& fd, const char* name) {
  std::string value(256, '\0');
  while (true) {
    ssize_t size = fgetxattr(fd.get(), name, value.data(), value.size());
    if (size >= 0) {
      value.resize(static_cast<std::size_t>(size));
      return value;
    }
    if (errno != ERANGE) return Error::system("read its attribute {}", name);
    value.resize(value.size() * 4);
  }
}

Result<std::string> list_xattrs(const Fd& fd) {
  std::string names(1024, '\0');
  while (true) {
    ssize_t size = flistxattr(fd.get(), names.data(), names.size());
    if (size >= 0) {
      names.resize(static_cast<std::size_t>(size));
      return names;
    }
    if (errno == EOPNOTSUPP) return std::string();
    if (errno != ERANGE) return Error::system("list its attributes");
    names.resize(names.size() * 4);
  }
}

constexpr std::uint64_t kWorthHoles = 1u << 20;
constexpr std::size_t kMostAtOnce = 256u << 10;

Result<std::vector<Extent>> data_extents(const Fd& file, std::uint64_t size) {
  std::vector<Extent> extents;
  std::uint64_t at = 0;
  while (at < size) {
    off_t data = lseek(file.get(), static_cast<off_t>(at), SEEK_DATA);
    if (data < 0 && errno == ENXIO) break;
    off_t hole = data < 0 ? data : lseek(file.get(), data, SEEK_HOLE);
    if (hole < 0) return Error::system("look for its holes");
    // Whole blocks, which they nearly always are: TarWriter wants them.
    std::uint64_t start = std::max(at, static_cast<std::uint64_t>(data) / kBlock * kBlock);
    std::uint64_t end = static_cast<std::uint64_t>(hole);
    end = std::min(end + padding_of(end), size);
    if (start >= end) break;
    extents.push_back({start, end - start});
    at = end;
  }
  return extents;
}

Result<> copy_extent(const Fd& file, Extent extent, std::span<std::byte> buffer, TarWriter& writer) {
  while (extent.length > 0) {
    std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), extent.length));
    ssize_t got = pread(file.get(), buffer.data(), wanted, static_cast<off_t>(extent.offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Error::system("read it");
    if (got == 0) return fail(Code::busy, "it became shorter while it was packed");
    std::size_t size = static_cast<std::size_t>(got);
    TRY(writer.write(buffer.first(size)));
    extent.offset += size;
    extent.length -= size;
  }
  return {};
}

}  // namespace

std::optional<Kind> kind_of(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return Kind::file;
    case S_IFDIR:
      return Kind::directory;
    case S_IFLNK:
      return Kind::symlink;
    case S_IFCHR:
      return Kind::character;
    case S_IFBLK:
      return Kind::block;
    case S_IFIFO:
      return Kind::fifo;
    default:
      return {};
  }
}

Entry entry_of(const struct stat& info, Kind kind) {
  Entry entry;
  entry.kind = kind;
  entry.mode = info.st_mode & 07777;
  entry.uid = info.st_uid;
  entry.gid = info.st_gid;
  entry.mtime = info.st_mtim.tv_sec * kSecond + info.st_mtim.tv_nsec;
  if (kind == Kind::file) entry.size = static_cast<std::uint64_t>(info.st_size);
  if (kind == Kind::character || kind == Kind::block) {
    entry.major = major(info.st_rdev);
    entry.minor = minor(info.st_rdev);
  }
  return entry;
}

Result<NodeXattrs> read_xattrs(const Fd& fd) {
  NodeXattrs xattrs;
  std::string names = TRY(list_xattrs(fd));
  for (const char* name = names.c_str(); *name != '\0'; name += std::char_traits<char>::length(name) + 1) {
    std::string_view text = name;
    if (is_layer_xattr(text)) xattrs.kept.push_back({name, TRY(read_xattr(fd, name))});
    for (std::string_view prefix : {"trusted.overlay.", "user.overlay."}) {
      if (!text.starts_with(prefix)) continue;
      std::string_view mark = text.substr(prefix.size());
      if (mark == "opaque") xattrs.overlay_opaque = TRY(read_xattr(fd, name)) == "y";
      xattrs.overlay_whiteout |= mark == "whiteout";
      xattrs.overlay_incomplete |= mark == "redirect" || mark == "metacopy";
    }
  }
  std::ranges::sort(xattrs.kept, {}, &Xattr::name);
  return xattrs;
}

Result<std::string> read_link(int dir, const std::string& name) {
  std::string target(4096, '\0');
  ssize_t size = readlinkat(dir, name.c_str(), target.data(), target.size());
  if (size < 0) return Error::system("read the link");
  target.resize(static_cast<std::size_t>(size));
  return target;
}

Result<> pack_file(const Fd& file, const struct stat& info, Entry& entry, TarWriter& writer) {
  std::vector<Extent> extents{{0, entry.size}};
  if (static_cast<std::uint64_t>(info.st_blocks) * 512 + kWorthHoles <= entry.size) {
    extents = TRY(data_extents(file, entry.size));
    entry.extents = extents;
  }
  TRY(writer.add(entry));
  auto buffer = std::make_unique_for_overwrite<std::byte[]>(std::min<std::uint64_t>(kMostAtOnce, entry.size + 1));
  std::span<std::byte> space(buffer.get(), std::min<std::uint64_t>(kMostAtOnce, entry.size + 1));
  for (const Extent& extent : extents) TRY(copy_extent(file, extent, space, writer));
  return {};
}

}  // namespace gantry::archive
