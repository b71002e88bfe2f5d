#include "view/toc.hpp"

#include "archive/hash.hpp"
#include "archive/inflate.hpp"
#include "archive/tar_reader.hpp"
#include "base/text.hpp"

#include <charconv>

namespace gantry::view {

namespace {

constexpr std::size_t kMaxPacked = 64u << 20;
constexpr std::size_t kMaxToc = 256u << 20;

constexpr const char* kStargzDigest = "containerd.io/snapshot/stargz/toc.digest";
constexpr std::string_view kStargzName = "stargz.index.json";
/// A gzip member that holds nothing but, in its extra field, where the table begins.
constexpr std::uint64_t kStargzFooter = 51;
constexpr std::size_t kStargzOffset = 16;  ///< of 16 figures, in the footer

/// Before whatever annotation is about the table; the second one is that of podman 4 and older.
constexpr const char* kChunkedPrefixes[] = {"io.github.containers.zstd-chunked.", "io.containers.zstd-chunked."};

Result<std::string> fetch(const transfer::Origin& origin, const oci::Descriptor& layer, std::uint64_t from,
                          std::uint64_t until) {
  const auto size = static_cast<std::uint64_t>(layer.size);
  if (from > until || until > size || until - from > kMaxPacked)
    return fail(Code::corrupt, "it is said to be at {} to {} of {} bytes", from, until, size);
  auto source = TRY(origin.open_part(layer, from, until));
  auto text = TRY(read_text(*source, until - from));
  if (!text || text->size() != until - from) return fail(Code::corrupt, "not all of it is there");
  return std::move(*text);
}

Result<> check(std::string_view bytes, const std::string& expected) {
  auto digest = TRY(oci::Digest::parse(expected));
  auto actual = archive::hash_of(as_bytes(bytes), digest.algorithm());
  if (actual == digest) return {};
  return fail(Code::corrupt, "it has the digest {}, the manifest says {}", actual.text(), digest.text());
}

Result<std::uint64_t> stargz_position(std::string_view footer) {
  std::uint64_t position = 0;
  const char* begin = footer.data() + kStargzOffset;
  auto [end, problem] = std::from_chars(begin, begin + 16, position, 16);
  if (!footer.starts_with("\x1f\x8b") || footer.substr(kStargzOffset + 16, 6) != "STARGZ" || problem != std::errc() ||
      end != begin + 16)
    return fail(Code::corrupt, "the layer does not end as an eStargz does");
  return position;
}

/// The one file of a tar in a gzip member.
Result<std::string> stargz_text(const std::string& packed) {
  MemorySource bytes(as_bytes(packed));
  archive::Inflater inflated(bytes, kMaxToc);
  archive::TarReader tar(inflated);
  auto entry = TRY(tar.next());
  if (!entry || entry->path != kStargzName) return fail(Code::corrupt, "there is no {}", kStargzName);
  std::string text;
  std::vector<std::byte> buffer(256u << 10);
  while (std::size_t got = TRY(tar.read(buffer))) text += as_text(Bytes(buffer).first(got));
  return text;
}

Result<std::vector<TocEntry>> read_stargz(const transfer::Origin& origin, const oci::Descriptor& layer,
                                          const std::string& digest) {
  const auto size = static_cast<std::uint64_t>(layer.size);
  if (size < kStargzFooter) return fail(Code::corrupt, "the layer is too small for it");
  const std::uint64_t end = size - kStargzFooter;
  std::uint64_t position = TRY(stargz_position(TRY(fetch(origin, layer, end, size))));
  std::string text = TRY(stargz_text(TRY(fetch(origin, layer, position, end))));
  TRY(check(text, digest));
  return parse_toc(text, position);
}

/// "OFFSET:PACKED SIZE:SIZE:KIND", of which the kind 1 is the one that has been given out.
struct ChunkedPosition {
  std::uint64_t offset = 0, packed = 0, size = 0;
};
Result<ChunkedPosition> chunked_position(const std::string& text) {
  auto parts = split(text, ':');
  if (parts.size() != 4 || parts[3] != "1") return fail(Code::unsupported, "'{}' is no position of one", text);
  ChunkedPosition position;
  position.offset = TRY(parse_unsigned(parts[0]));
  position.packed = TRY(parse_unsigned(parts[1]));
  position.size = TRY(parse_unsigned(parts[2]));
  if (position.offset > INT64_MAX || position.packed > kMaxPacked || position.size > kMaxToc)
    return fail(Code::corrupt, "'{}' is out of bounds", text);
  return position;
}

Result<std::vector<TocEntry>> read_chunked(const transfer::Origin& origin, const oci::Descriptor& layer,
                                           const std::string& prefix) {
  const auto& digest = layer.annotations.at(prefix + "manifest-checksum");
  auto found = layer.annotations.find(prefix + "manifest-position");
  if (found == layer.annotations.end()) return fail(Code::corrupt, "the manifest does not say where it is");
  auto position = TRY(chunked_position(found->second));
  std::string packed = TRY(fetch(origin, layer, position.offset, position.offset + position.packed));
  TRY(check(packed, digest));
  MemorySource bytes(as_bytes(packed));
  archive::Inflater inflated(bytes, position.size);
  auto text = TRY(read_text(inflated, position.size));
  if (!text) return fail(Code::corrupt, "it has more than {} bytes", position.size);
  return parse_toc(*text, position.offset);
}

}  // namespace

Result<std::optional<std::vector<TocEntry>>> read_toc(const transfer::Origin& origin, const oci::Descriptor& layer) {
  using Table = std::optional<std::vector<TocEntry>>;
  const auto& notes = layer.annotations;
  auto checked = [&](Result<std::vector<TocEntry>> table) -> Result<Table> {
    if (table) return Table(std::move(*table));
    return std::move(table.error()).with_context(fmt::format("table of contents of layer {}", layer.digest.text()));
  };
  if (auto digest = notes.find(kStargzDigest); digest != notes.end())
    return checked(read_stargz(origin, layer, digest->second));
  for (std::string prefix : kChunkedPrefixes)
    if (notes.contains(prefix + "manifest-checksum")) return checked(read_chunked(origin, layer, prefix));
  return Table();
}

}  // namespace gantry::view
