#include "archive/layer_path.hpp"
#include "base/base64.hpp"
#include "base/json.hpp"
#include "view/toc.hpp"

#include <boost/describe/class.hpp>

#include <algorithm>

namespace gantry::view {

namespace {

/// One entry as both kinds of table have it. A file of several pieces is followed by a "chunk" for each but the first.
struct TocRow {
  std::string type;
  std::string name;
  std::string link_name;
  std::int64_t mode = 0;
  std::uint64_t size = 0;
  std::uint64_t uid = 0;
  std::uint64_t gid = 0;
  std::string user_name;
  std::string group_name;
  std::string modtime;
  std::map<std::string, std::string> xattrs;  ///< values in base64
  unsigned dev_major = 0;
  unsigned dev_minor = 0;
  std::string digest;
  std::uint64_t offset = 0;
  std::uint64_t end_offset = 0;  ///< zstd:chunked: where the whole file ends
  std::uint64_t inner_offset = 0;
  std::uint64_t chunk_offset = 0;
  std::uint64_t chunk_size = 0;  ///< 0: all that is left of the file
  std::string chunk_digest;
  std::string chunk_type;  ///< "zeros"
};
BOOST_DESCRIBE_STRUCT(TocRow, (),
                      (type, name, link_name, mode, size, uid, gid, user_name, group_name, modtime, xattrs, dev_major,
                       dev_minor, digest, offset, end_offset, inner_offset, chunk_offset, chunk_size, chunk_digest,
                       chunk_type))
constexpr json::Options json_options(const TocRow*) { return {.required = {"type", "name"}}; }

struct TocDocument {
  int version = 0;
  std::vector<TocRow> entries;
};
BOOST_DESCRIBE_STRUCT(TocDocument, (), (version, entries))

Result<archive::Kind> kind_of(const std::string& type) {
  constexpr std::pair<std::string_view, archive::Kind> kKinds[] = {
      {"reg", archive::Kind::file},          {"dir", archive::Kind::directory},  {"symlink", archive::Kind::symlink},
      {"hardlink", archive::Kind::hardlink}, {"char", archive::Kind::character}, {"block", archive::Kind::block},
      {"fifo", archive::Kind::fifo}};
  for (const auto& [name, kind] : kKinds)
    if (name == type) return kind;
  return fail(Code::corrupt, "entries of type '{}' are not known", type);
}

Result<oci::Digest> digest_of(const std::string& text) {
  if (text.empty()) return oci::Digest();
  return oci::Digest::parse(text);
}

Result<TocEntry> entry_of(const TocRow& row) {
  TocEntry made;
  archive::Entry& entry = made.entry;
  entry.path = TRY(archive::clean_entry_path(row.name));
  entry.kind = TRY(kind_of(row.type));
  entry.mode = static_cast<unsigned>(row.mode) & 07777;
  entry.uid = row.uid;
  entry.gid = row.gid;
  entry.user = row.user_name;
  entry.group = row.group_name;
  if (entry.kind == archive::Kind::file) entry.size = row.size;
  if (!row.modtime.empty()) entry.mtime = TRY(parse_rfc3339(row.modtime));
  entry.link = row.link_name;
  entry.major = row.dev_major;
  entry.minor = row.dev_minor;
  for (const auto& [name, value] : row.xattrs) {
    std::string bytes = TRY(base64_decode(value));
    entry.xattrs.push_back({name, std::move(bytes)});
  }
  made.digest = TRY(digest_of(row.digest));
  return made;
}

class TocParser {
 public:
  TocParser(const TocDocument& document, std::uint64_t data_end) : document_(document), data_end_(data_end) {
    for (const auto& row : document.entries)
      if (row.offset > 0) starts_.push_back(row.offset);
    starts_.push_back(data_end);
    std::ranges::sort(starts_);
  }

  Result<std::vector<TocEntry>> parse() {
    std::vector<TocEntry> entries;
    for (const auto& row : document_.entries) {
      if (row.type != "chunk") entries.push_back(TRY(with_context(entry_of(row), "{}", row.name)));
      else if (entries.empty()) return fail(Code::corrupt, "it begins with a piece of a file");
      TocEntry& file = entries.back();
      if (file.entry.kind != archive::Kind::file || file.entry.size == 0) continue;
      if (row.type != "chunk") end_offset_ = row.end_offset;
      TRY(with_context(add_chunk(file, row), "{}", row.name));
    }
    for (const auto& file : entries) TRY(check(file));
    return entries;
  }

 private:
  Result<> add_chunk(TocEntry& file, const TocRow& row) const {
    Chunk chunk{.at = row.offset, .until = row.offset, .inner = row.inner_offset, .offset = row.chunk_offset};
    chunk.zeros = row.chunk_type == "zeros";
    chunk.digest = TRY(digest_of(row.chunk_digest));
    const std::uint64_t expected = file.chunks.empty() ? 0 : file.chunks.back().offset + file.chunks.back().size;
    if (chunk.offset != expected || chunk.offset > file.entry.size)
      return fail(Code::corrupt, "its pieces do not follow one another");
    chunk.size = row.chunk_size > 0 ? row.chunk_size : file.entry.size - chunk.offset;
    if (chunk.size > file.entry.size - chunk.offset) return fail(Code::corrupt, "a piece is larger than the file");
    if (!chunk.zeros) {
      chunk.until = *std::ranges::upper_bound(starts_, std::min(chunk.at, data_end_ - 1));
      if (end_offset_ > chunk.at) chunk.until = std::min(chunk.until, end_offset_);
      if (chunk.at >= chunk.until || chunk.until > data_end_)
        return fail(Code::corrupt, "it lies outside of the layer's data");
    }
    file.chunks.push_back(std::move(chunk));
    return {};
  }

  static Result<> check(const TocEntry& file) {
    if (file.entry.kind != archive::Kind::file || file.entry.size == 0) return {};
    if (file.chunks.empty() || file.chunks.back().offset + file.chunks.back().size != file.entry.size)
      return fail(Code::corrupt, "{}: not all of the file is there", file.entry.path);
    if (file.digest.empty() && std::ranges::any_of(file.chunks, [](const auto& one) { return one.digest.empty(); }))
      return fail(Code::corrupt, "{}: it has no digest", file.entry.path);
    return {};
  }

  const TocDocument& document_;
  std::uint64_t data_end_;
  std::vector<std::uint64_t> starts_;  ///< of whatever has bytes in the blob, ascending, with their end
  std::uint64_t end_offset_ = 0;       ///< of the current file
};

}  // namespace

Result<std::vector<TocEntry>> parse_toc(const std::string& text, std::uint64_t data_end) {
  auto document = TRY(json::decode<TocDocument>(text, "table of contents"));
  if (document.version != 1) return fail(Code::unsupported, "its version is {}, not 1", document.version);
  if (data_end == 0) return fail(Code::corrupt, "there is nothing before it");
  return TocParser(document, data_end).parse();
}

}  // namespace gantry::view
