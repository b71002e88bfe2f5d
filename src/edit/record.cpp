#include "edit/record.hpp"

#include "base/base64.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace gantry::edit {

namespace {

using archive::Entry;
using archive::Kind;

struct KindName {
  std::string_view name;
  Kind kind;
};
constexpr KindName kKinds[] = {{"file", Kind::file},   {"link", Kind::symlink},  {"char", Kind::character},
                               {"block", Kind::block}, {"dir", Kind::directory}, {"fifo", Kind::fifo}};

std::string_view name_of(Kind kind) {
  for (const auto& known : kKinds)
    if (known.kind == kind) return known.name;
  return "file";
}

/// vis(3) in octal: a name is one word of printable characters.
std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    bool plain = byte > ' ' && byte < 0x7f && std::string_view("\\#*?[]=").find(c) == std::string_view::npos;
    if (plain) out += c;
    else out += fmt::format("\\{:03o}", byte);
  }
  return out;
}

Result<std::string> unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    unsigned byte = 0;
    auto digits = text.substr(i + 1, 3);
    auto read = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 8);
    if (digits.size() != 3 || read.ptr != digits.data() + 3 || byte == 0 || byte > 0xff)
      return fail(Code::invalid, "'{}' is not escaped as mtree does", text);
    out += static_cast<char>(byte);
    i += 3;
  }
  return out;
}

std::string time_of(Timestamp time) {
  // Down, so that the fraction is never negative.
  std::int64_t seconds = time / kSecond - (time % kSecond < 0 ? 1 : 0);
  return fmt::format("{}.{:09}", seconds, time - seconds * kSecond);
}

Result<Timestamp> parse_time(std::string_view text) {
  auto [seconds, fraction, found] = cut(text, '.');
  auto whole = TRY(parse_signed(seconds));
  if (!found || fraction.size() != 9) return fail(Code::invalid, "'{}' is no time", text);
  return whole * kSecond + static_cast<std::int64_t>(TRY(parse_unsigned(fraction)));
}

std::string line_of(const std::string& path, const RecordedNode& node) {
  const Entry& entry = node.entry;
  std::string line =
      fmt::format("{} type={} mode={:04o} uid={} gid={} time={}", path.empty() ? "." : "./" + escaped(path),
                  name_of(entry.kind), entry.mode, entry.uid, entry.gid, time_of(entry.mtime));
  if (entry.kind == Kind::file) line += fmt::format(" size={} sha256digest={}", entry.size, node.digest);
  if (entry.kind == Kind::symlink) line += fmt::format(" link={}", escaped(entry.link));
  if (entry.kind == Kind::character || entry.kind == Kind::block)
    line += fmt::format(" device=native,{},{}", entry.major, entry.minor);
  for (const auto& [name, value] : entry.xattrs)
    line += fmt::format(" xattr.{}={}", escaped(name), value.empty() ? "" : base64_encode(value));
  return line + "\n";
}

Result<> set_device(Entry& entry, std::string_view value) {
  auto parts = split(value, ',');
  if (parts.size() != 3 || parts[0] != "native") return fail(Code::invalid, "'{}' is no device", value);
  entry.major = static_cast<unsigned>(TRY(parse_unsigned(parts[1])));
  entry.minor = static_cast<unsigned>(TRY(parse_unsigned(parts[2])));
  return {};
}

Result<> set_type(Entry& entry, std::string_view value) {
  auto known = std::ranges::find(kKinds, value, &KindName::name);
  if (known == std::end(kKinds)) return fail(Code::invalid, "'{}' is no type", value);
  entry.kind = known->kind;
  return {};
}

Result<> set_keyword(RecordedNode& node, std::string_view keyword, std::string_view value) {
  constexpr std::string_view kXattr = "xattr.";
  Entry& entry = node.entry;
  if (keyword == "type") return set_type(entry, value);
  if (keyword == "device") return set_device(entry, value);
  if (keyword == "uid") entry.uid = TRY(parse_unsigned(value));
  else if (keyword == "gid") entry.gid = TRY(parse_unsigned(value));
  else if (keyword == "size") entry.size = TRY(parse_unsigned(value));
  else if (keyword == "time") entry.mtime = TRY(parse_time(value));
  else if (keyword == "link") entry.link = TRY(unescaped(value));
  else if (keyword == "sha256digest") node.digest = value;
  else if (keyword.starts_with(kXattr))
    entry.xattrs.push_back({TRY(unescaped(keyword.substr(kXattr.size()))), TRY(base64_decode(value))});
  else if (keyword == "mode") {
    auto read = std::from_chars(value.data(), value.data() + value.size(), entry.mode, 8);
    if (read.ptr != value.data() + value.size() || entry.mode > 07777)
      return fail(Code::invalid, "'{}' is no mode", value);
  } else {
    return fail(Code::unsupported, "it has the keyword '{}'", keyword);
  }
  return {};
}

Result<> parse_line(std::string_view line, Record& record) {
  auto words = split(line, ' ');
  std::string_view name = words[0];
  std::string path;
  if (name != ".") {
    if (!name.starts_with("./")) return fail(Code::unsupported, "'{}' is not a path from the root", name);
    path = TRY(unescaped(name.substr(2)));
  }
  RecordedNode node;
  for (std::size_t i = 1; i < words.size(); ++i) {
    auto [keyword, value, found] = cut(words[i], '=');
    if (!found) return fail(Code::invalid, "'{}' is not KEYWORD=VALUE", words[i]);
    TRY(set_keyword(node, keyword, value));
  }
  record.insert_or_assign(std::move(path), std::move(node));
  return {};
}

}  // namespace

bool RecordedNode::operator==(const RecordedNode& other) const {
  const Entry& a = entry;
  const Entry& b = other.entry;
  return a.kind == b.kind && a.mode == b.mode && a.uid == b.uid && a.gid == b.gid && a.size == b.size &&
         a.mtime == b.mtime && a.link == b.link && a.major == b.major && a.minor == b.minor && a.xattrs == b.xattrs &&
         digest == other.digest;
}

std::string write_record(const Record& record) {
  std::string text = "#mtree\n";
  for (const auto& [path, node] : record) text += line_of(path, node);
  return text;
}

Result<Record> parse_record(std::string_view text, const std::string& name) {
  Record record;
  for (std::size_t number = 1; !text.empty(); ++number) {
    auto [line, rest, found] = cut(text, '\n');
    text = rest;
    if (line.empty() || line.starts_with('#')) continue;
    TRY(with_context(parse_line(line, record), "{}: line {}", name, number));
  }
  return record;
}

}  // namespace gantry::edit
