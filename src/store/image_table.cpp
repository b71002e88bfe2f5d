#include "store/image_table.hpp"

#include <functional>
#include <type_traits>

namespace gantry::store {

namespace {

constexpr std::string_view kMagic = "gantry images 1\n";

class Writer {
 public:
  template <class Number>
  requires std::is_integral_v<Number>
  void add(Number number) { out_.append(reinterpret_cast<const char*>(&number), sizeof number); }
  void add(std::string_view text) {
    add(static_cast<std::uint32_t>(text.size()));
    out_ += text;
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

/// After the end all is 0 and empty, and ok() is false.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  template <class Number>
  Number number() {
    Number number = 0;
    std::string_view bytes = take(sizeof number);
    if (ok_) bytes.copy(reinterpret_cast<char*>(&number), sizeof number);
    return number;
  }
  std::string_view text() { return take(number<std::uint32_t>()); }
  bool ok() const { return ok_; }
  bool at_end() const { return bytes_.empty(); }

 private:
  std::string_view take(std::size_t size) {
    ok_ = ok_ && size <= bytes_.size();
    if (!ok_) return {};
    std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }

  std::string_view bytes_;
  bool ok_ = true;
};

void write_row(Writer& writer, const ImageRow& row) {
  writer.add(static_cast<std::uint8_t>(row.digest.algorithm()));
  writer.add(row.digest.hex());
  writer.add(row.name);
  writer.add(row.id);
  writer.add(row.created);
  writer.add(static_cast<std::uint8_t>(row.size.has_value()));
  writer.add(row.size.value_or(0));
  writer.add(static_cast<std::uint32_t>(row.labels.size()));
  for (const auto& [label, value] : row.labels) {
    writer.add(label);
    writer.add(value);
  }
}

std::optional<ImageRow> read_row(Reader& reader) {
  ImageRow row;
  auto algorithm = reader.number<std::uint8_t>() == 0 ? oci::Algorithm::sha256 : oci::Algorithm::sha512;
  auto digest = oci::Digest::from_hex(algorithm, reader.text());
  if (!digest) return {};
  row.digest = std::move(*digest);
  row.name = reader.text();
  row.id = reader.text();
  row.created = reader.number<Timestamp>();
  bool is_known = reader.number<std::uint8_t>() != 0;
  auto size = reader.number<std::uint64_t>();
  if (is_known) row.size = size;
  for (auto labels = reader.number<std::uint32_t>(); labels > 0 && reader.ok(); --labels) {
    std::string_view label = reader.text();
    row.labels.emplace_hint(row.labels.end(), label, reader.text());
  }
  return reader.ok() ? std::optional(std::move(row)) : std::nullopt;
}

}  // namespace

std::uint64_t hash_of(std::string_view bytes) { return std::hash<std::string_view>()(bytes); }

std::string write_table(const ImageTable& table) {
  Writer writer;
  writer.add(table.key.index_size);
  writer.add(table.key.index_hash);
  writer.add(table.key.sha256_changed);
  writer.add(table.key.sha512_changed);
  writer.add(static_cast<std::uint32_t>(table.rows.size()));
  for (const auto& row : table.rows) write_row(writer, row);
  std::string body = writer.take();
  Writer head;
  head.add(hash_of(body));
  return std::string(kMagic) + head.take() + body;
}

std::optional<ImageTable> read_table(std::string_view bytes) {
  if (!bytes.starts_with(kMagic)) return {};
  bytes.remove_prefix(kMagic.size());
  auto hash = Reader(bytes).number<std::uint64_t>();
  if (bytes.size() < sizeof hash) return {};
  bytes.remove_prefix(sizeof hash);
  if (hash_of(bytes) != hash) return {};  // written by a machine that crashed
  Reader reader(bytes);
  ImageTable table;
  table.key.index_size = reader.number<std::uint64_t>();
  table.key.index_hash = reader.number<std::uint64_t>();
  table.key.sha256_changed = reader.number<std::int64_t>();
  table.key.sha512_changed = reader.number<std::int64_t>();
  auto rows = reader.number<std::uint32_t>();
  if (rows <= bytes.size()) table.rows.reserve(rows);
  for (; rows > 0; --rows) {
    auto row = read_row(reader);
    if (!row) return {};
    table.rows.push_back(std::move(*row));
  }
  if (!reader.ok() || !reader.at_end()) return {};
  return table;
}

}  // namespace gantry::store
