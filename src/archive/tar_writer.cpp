#include "archive/tar_writer.hpp"

#include "archive/tar_pax.hpp"
#include "archive/tar_sparse.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace gantry::archive {

namespace {

constexpr std::array<std::byte, 2 * kBlock> kZeros{};

char type_of(Kind kind) {
  switch (kind) {
    case Kind::hardlink:
      return '1';
    case Kind::symlink:
      return '2';
    case Kind::character:
      return '3';
    case Kind::block:
      return '4';
    case Kind::directory:
      return '5';
    case Kind::fifo:
      return '6';
    case Kind::file:
      break;
  }
  return '0';
}

/// As much as fits; false when that is not all.
bool put_text(std::span<char> field, std::string_view text) {
  std::size_t size = std::min(field.size(), text.size());
  std::memcpy(field.data(), text.data(), size);
  return size == text.size();
}

/// A path of up to 256 bytes fits when it can be cut at a slash.
bool put_path(TarHeader& header, std::string_view path) {
  if (put_text(header.name, path)) return true;
  std::size_t slash = path.rfind('/', sizeof header.prefix);
  // A name that ends in a slash must keep it.
  if (slash == path.size() - 1) slash = path.rfind('/', path.size() - 2);
  if (slash == std::string_view::npos || slash == 0 || slash > sizeof header.prefix ||
      path.size() - slash - 1 > sizeof header.name)
    return false;
  std::memset(header.name, 0, sizeof header.name);
  put_text(header.prefix, path.substr(0, slash));
  put_text(header.name, path.substr(slash + 1));
  return true;
}

std::string_view last_component(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  return path.substr(path.rfind('/') + 1);
}

void put_fixed(TarHeader& header) {
  put_text(header.magic, std::string_view("ustar\0", 6));
  put_text(header.version, "00");
}

struct Header {
  TarHeader header{};
  std::string records;  ///< of the pax header; empty: none is needed
};

/// Puts a number into its field, or into a record where it does not fit.
void put_number(Header& to, std::span<char> field, std::string_view key, std::uint64_t number) {
  if (put_octal(field, number)) return;
  put_octal(field, 0);
  to.records += pax_record(key, fmt::format("{}", number));
}

void put_times(Header& to, const Entry& entry) {
  bool is_plain = entry.mtime >= 0 && entry.mtime % kSecond == 0 &&
                  put_octal(to.header.mtime, static_cast<std::uint64_t>(entry.mtime / kSecond));
  if (!is_plain) {
    put_octal(to.header.mtime, static_cast<std::uint64_t>(std::max<Timestamp>(entry.mtime, 0) / kSecond));
    to.records += pax_record("mtime", format_pax_time(entry.mtime));
  }
  if (entry.atime) to.records += pax_record("atime", format_pax_time(*entry.atime));
}

/// `stored`: bytes of data behind the header.
Header make_header(const Entry& entry, const std::string& path, std::uint64_t stored) {
  Header made;
  TarHeader& header = made.header;
  if (entry.extents) {
    made.records += pax_record("GNU.sparse.major", "1") + pax_record("GNU.sparse.minor", "0") +
                    pax_record("GNU.sparse.name", path) +
                    pax_record("GNU.sparse.realsize", fmt::format("{}", entry.size));
    put_text(header.name, fmt::format("GNUSparseFile.0/{}", last_component(path)));
  } else if (!put_path(header, path)) {
    made.records += pax_record("path", path);
  }
  if (!put_text(header.link, entry.link)) made.records += pax_record("linkpath", entry.link);
  put_octal(header.mode, entry.mode);
  put_number(made, header.uid, "uid", entry.uid);
  put_number(made, header.gid, "gid", entry.gid);
  put_number(made, header.size, "size", stored);
  put_times(made, entry);
  if (!put_text(std::span(header.user).first(31), entry.user)) made.records += pax_record("uname", entry.user);
  if (!put_text(std::span(header.group).first(31), entry.group)) made.records += pax_record("gname", entry.group);
  put_octal(header.major, entry.major);
  put_octal(header.minor, entry.minor);
  for (const Xattr& xattr : entry.xattrs) made.records += pax_record("SCHILY.xattr." + xattr.name, xattr.value);
  header.type = type_of(entry.kind);
  put_fixed(header);
  put_checksum(header);
  return made;
}

Bytes bytes_of(const TarHeader& header) { return std::as_bytes(std::span(&header, 1)); }

}  // namespace

Result<> TarWriter::write_padding() { return out_.write(Bytes(kZeros).first(padding_)); }

Result<> TarWriter::end_entry() {
  if (expected_ > 0) return fail(Code::invalid, "archive: '{}' lacks {} bytes of its data", path_, expected_);
  TRY(write_padding());
  padding_ = 0;
  return {};
}

Result<> TarWriter::add_pax_header(const Entry& entry, const std::string& records) {
  TarHeader header{};
  put_text(header.name, fmt::format("PaxHeaders.0/{}", last_component(entry.path)));
  put_octal(header.mode, 0644);
  put_octal(header.uid, 0);
  put_octal(header.gid, 0);
  put_octal(header.size, records.size());
  put_octal(header.mtime, 0);
  header.type = 'x';
  put_fixed(header);
  put_checksum(header);
  TRY(out_.write(bytes_of(header)));
  TRY(out_.write(as_bytes(records)));
  padding_ = padding_of(records.size());
  return write_padding();
}

Result<> TarWriter::add(const Entry& entry) {
  TRY(end_entry());
  path_ = entry.path;
  if (entry.kind == Kind::directory && !path_.ends_with('/')) path_ += '/';
  std::string map;
  std::uint64_t stored = entry.kind == Kind::file ? entry.size : 0;
  if (entry.extents) {
    std::vector<Extent> extents = *entry.extents;
    // GNU tar takes the size of the file from the end of the last piece.
    if (extents.empty() || extents.back().offset + extents.back().length < entry.size)
      extents.push_back({entry.size, 0});
    map = sparse_lines(extents);
    stored = map.size();
    for (const Extent& extent : *entry.extents) stored += extent.length;
  }
  Header made = make_header(entry, path_, stored);
  if (!made.records.empty()) TRY(add_pax_header(entry, made.records));
  TRY(out_.write(bytes_of(made.header)));
  TRY(out_.write(as_bytes(map)));
  expected_ = stored - map.size();
  padding_ = padding_of(stored);
  return {};
}

Result<> TarWriter::write(Bytes data) {
  if (data.size() > expected_) return fail(Code::invalid, "archive: '{}' has more data than its size says", path_);
  expected_ -= data.size();
  return out_.write(data);
}

Result<> TarWriter::finish() {
  TRY(end_entry());
  return out_.write(kZeros);
}

}  // namespace gantry::archive
