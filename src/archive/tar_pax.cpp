#include "archive/tar_pax.hpp"

#include "base/base64.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace gantry::archive {

namespace {

constexpr std::size_t kMaxXattrs = 1024;
constexpr std::string_view kSchilyXattr = "SCHILY.xattr.";
constexpr std::string_view kLibarchiveXattr = "LIBARCHIVE.xattr.";
constexpr std::string_view kGnuSparse = "GNU.sparse.";

Result<std::string> parse_name(std::string_view value) {
  if (value.size() > kMaxName) return fail(Code::corrupt, "a name is longer than {} bytes", kMaxName);
  if (value.find('\0') != std::string_view::npos) return fail(Code::corrupt, "a name holds a NUL byte");
  return std::string(value);
}

int hex_figure(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// libarchive writes the names of attributes %-encoded.
std::string percent_decode(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    int high = text[i] == '%' && i + 2 < text.size() ? hex_figure(text[i + 1]) : -1;
    int low = high >= 0 ? hex_figure(text[i + 2]) : -1;
    if (low >= 0) {
      plain += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

/// ... and their values in base64, without the padding.
Result<std::string> decode_attribute(std::string_view value) {
  auto decoded = base64_decode(value);
  if (!decoded) return fail(Code::corrupt, "an attribute is not base64");
  return decoded;
}

/// GNU.sparse.map of version 0.1: "offset,length,offset,length".
Result<std::vector<Extent>> parse_sparse_map(std::string_view text) {
  std::vector<Extent> map;
  while (!text.empty()) {
    if (map.size() == kMaxExtents) return fail(Code::corrupt, "a sparse map has more than {} pieces", kMaxExtents);
    Halves offset = cut(text, ',');
    Halves length = cut(offset.after, ',');
    map.push_back({TRY(parse_unsigned(offset.before)), TRY(parse_unsigned(length.before))});
    text = length.after;
  }
  return map;
}

/// Sets an optional record, or takes it away when its value is empty.
template <class T, class Parse>
Result<> set(std::optional<T>& record, std::string_view value, Parse parse) {
  if (value.empty()) record.reset();
  else record = TRY(parse(value));
  return {};
}

}  // namespace

Result<Timestamp> parse_pax_time(std::string_view text) {
  auto [whole, fraction, has_fraction] = cut(text, '.');
  bool negative = whole.starts_with('-');
  std::int64_t seconds = TRY(parse_signed(whole));
  if (has_fraction && fraction.find_first_not_of("0123456789") != std::string_view::npos)
    return fail(Code::corrupt, "'{}' is not a time", text);
  std::int64_t nanoseconds = 0;
  for (std::size_t i = 0; i < 9; ++i) nanoseconds = nanoseconds * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
  std::int64_t time;
  if (__builtin_mul_overflow(seconds, kSecond, &time) ||
      __builtin_add_overflow(time, negative ? -nanoseconds : nanoseconds, &time))
    return fail(Code::corrupt, "time {} is out of range", text);
  return time;
}

std::string format_pax_time(Timestamp time) {
  std::uint64_t size = time < 0 ? -static_cast<std::uint64_t>(time) : static_cast<std::uint64_t>(time);
  std::string text = fmt::format("{}{}.{:09}", time < 0 ? "-" : "", size / kSecond, size % kSecond);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string pax_record(std::string_view key, std::string_view value) {
  // The length counts its own figures.
  std::size_t rest = key.size() + value.size() + 3;
  std::size_t length = rest;
  while (length != rest + fmt::formatted_size("{}", length)) length = rest + fmt::formatted_size("{}", length);
  return fmt::format("{} {}={}\n", length, key, value);
}

Result<> PaxRecords::parse(std::string_view records) {
  while (!records.empty()) {
    // GNU tar ends its headers with NULs when it has counted one record too many.
    if (records.find_first_not_of('\0') == std::string_view::npos) break;
    Halves head = cut(records, ' ');
    auto length = parse_unsigned(head.before.substr(0, 20));
    if (!head.found || !length || *length > records.size() || *length <= head.before.size() + 1 ||
        records[*length - 1] != '\n')
      return fail(Code::corrupt, "an extended header has a record of a wrong length");
    std::string_view record = records.substr(0, *length - 1);
    record.remove_prefix(head.before.size() + 1);
    Halves pair = cut(record, '=');
    if (!pair.found || pair.before.empty()) return fail(Code::corrupt, "an extended header has a record without key");
    if (auto applied = apply(pair.before, pair.after); !applied)
      return std::move(applied.error())
          .with_context(fmt::format("extended header, {}", pair.before.substr(0, 64)))
          .with_code(Code::corrupt);
    records.remove_prefix(*length);
  }
  return {};
}

Result<> PaxRecords::apply(std::string_view key, std::string_view value) {
  if (key == "path") return set(path, value, parse_name);
  if (key == "linkpath") return set(link, value, parse_name);
  if (key == "uname") return set(user, value, parse_name);
  if (key == "gname") return set(group, value, parse_name);
  if (key == "uid") return set(uid, value, parse_unsigned);
  if (key == "gid") return set(gid, value, parse_unsigned);
  if (key == "size") return set(size, value, parse_unsigned);
  if (key == "mtime") return set(mtime, value, parse_pax_time);
  if (key == "atime") return set(atime, value, parse_pax_time);
  if (key.starts_with(kSchilyXattr)) return set_xattr(std::string(key.substr(kSchilyXattr.size())), std::string(value));
  if (key.starts_with(kLibarchiveXattr))
    return set_xattr(percent_decode(key.substr(kLibarchiveXattr.size())), TRY(decode_attribute(value)));
  if (key.starts_with(kGnuSparse)) return apply_sparse(key.substr(kGnuSparse.size()), value);
  return {};
}

Result<> PaxRecords::apply_sparse(std::string_view key, std::string_view value) {
  if (key == "name") return set(sparse_name, value, parse_name);
  if (key == "size" || key == "realsize") return set(sparse_size, value, parse_unsigned);
  if (key == "major") return set(sparse_major, value, parse_unsigned);
  if (key == "minor") return set(sparse_minor, value, parse_unsigned);
  if (key == "map") return set(sparse_map, value, parse_sparse_map);
  // Version 0.0 repeats this pair of keys for every piece.
  if (key == "numblocks") {
    sparse_map.emplace();
    return {};
  }
  if (key == "offset") return set(open_offset, value, parse_unsigned);
  if (key == "numbytes") {
    if (!open_offset || !sparse_map) return fail(Code::corrupt, "a length without an offset");
    if (sparse_map->size() == kMaxExtents) return fail(Code::corrupt, "more than {} pieces", kMaxExtents);
    sparse_map->push_back({*open_offset, TRY(parse_unsigned(value))});
    open_offset.reset();
  }
  return {};
}

Result<> PaxRecords::set_xattr(std::string name, std::string value) {
  if (name.empty() || name.size() > 255 || name.find('\0') != std::string::npos)
    return fail(Code::corrupt, "an attribute has a bad name");
  auto same = std::ranges::find(xattrs, name, &Xattr::name);
  if (same != xattrs.end()) {
    same->value = std::move(value);
    return {};
  }
  if (xattrs.size() == kMaxXattrs) return fail(Code::corrupt, "more than {} attributes", kMaxXattrs);
  xattrs.push_back({std::move(name), std::move(value)});
  return {};
}

}  // namespace gantry::archive
