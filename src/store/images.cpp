#include "store/images.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "content/scratch.hpp"
#include "oci/choose.hpp"
#include "oci/media_types.hpp"
#include "store/layers.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

namespace gantry::store {

namespace {

constexpr std::size_t kLargestTable = 64u << 20;

std::string tmp_of(const content::Blobs& blobs) { return blobs.root() + "/tmp"; }
std::string index_of(const content::Blobs& blobs) { return blobs.root() + "/index.json"; }
std::string table_of(const content::Blobs& blobs) { return blobs.root() + "/images.table"; }

bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

Error no_image(std::string_view name) {
  return fail(Code::not_found, "no image '{}'", name).with_cure("'gantry images' lists those that are here");
}

/// The references that a user may mean by a name, the likeliest first.
std::vector<oci::Reference> candidates(std::string_view name) {
  std::vector<oci::Reference> references;
  auto whole = oci::parse_reference(name);
  if (!whole) return references;
  bool says_registry = name.starts_with(whole->registry + "/");
  if (!says_registry) {
    if (auto local = oci::parse_reference(fmt::format("localhost/{}", name))) references.push_back(std::move(*local));
  }
  references.push_back(std::move(*whole));
  return references;
}

const oci::Descriptor* find_reference(const oci::Index& index, const oci::Reference& reference) {
  std::string wanted = oci::with_default_tag(reference).canonical();
  std::string any_tag = reference.name();
  for (const auto& entry : index.manifests) {
    if (name_of(entry) == wanted) return &entry;
    if (!reference.digest || entry.digest != *reference.digest) continue;
    if (auto named = oci::parse_reference(name_of(entry)); named && named->name() == any_tag) return &entry;
  }
  return nullptr;
}

/// Takes the name from the entry. A manifest keeps one entry without a name when it has no other.
void drop_name(oci::Index& index, std::size_t position) {
  auto& entries = index.manifests;
  bool listed_again = std::ranges::count(entries, entries[position].digest, &oci::Descriptor::digest) > 1;
  if (listed_again) entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(position));
  else entries[position].annotations.erase(oci::kRefName);
}

void give_name(oci::Index& index, const oci::Descriptor& manifest, const std::string& name) {
  auto same_name = [&](const oci::Descriptor& entry) { return name_of(entry) == name; };
  auto holder = std::ranges::find_if(index.manifests, same_name);
  if (holder != index.manifests.end()) {
    if (holder->digest == manifest.digest) return;
    drop_name(index, static_cast<std::size_t>(holder - index.manifests.begin()));
  }
  auto nameless = [&](const oci::Descriptor& entry) {
    return entry.digest == manifest.digest && name_of(entry).empty();
  };
  auto entry = std::ranges::find_if(index.manifests, nameless);
  if (entry == index.manifests.end()) entry = index.manifests.insert(entry, manifest);
  entry->annotations[oci::kRefName] = name;
}

}  // namespace

std::string_view name_of(const oci::Descriptor& entry) {
  auto name = entry.annotations.find(oci::kRefName);
  return name == entry.annotations.end() ? std::string_view() : name->second;
}

Result<std::string> local_name(std::string_view name) {
  auto references = candidates(name);
  if (references.empty()) return TRY(oci::parse_reference(name)).canonical();
  return oci::with_default_tag(references.front()).canonical();
}

Result<oci::Index> Images::index() const {
  std::string path = index_of(blobs_);
  return oci::parse_index(TRY(read_file(path)), path);
}

template <class Change>
Result<> Images::update(Change change) const {
  Lock alone = TRY(Lock::take(blobs_.root(), Lock::Mode::exclusive));
  oci::Index changed = TRY(index());
  TRY(change(changed));
  return content::replace_through(tmp_of(blobs_), index_of(blobs_), oci::write_index(changed));
}

Result<oci::Descriptor> Images::choose_platform(const oci::Descriptor& entry) const {
  oci::Descriptor chosen = entry;
  for (int depth = 0; oci::is_index(chosen.media_type); ++depth) {
    std::string name = "index " + chosen.digest.text();
    if (depth == oci::kMaxIndexDepth) return fail(Code::invalid, "{}: indexes are nested too deep", name);
    oci::Index index = TRY(oci::parse_index(TRY(blobs_.read(chosen.digest)), name));
    chosen = TRY(oci::choose(index, oci::host_platform(), name));
  }
  return chosen;
}

Result<Image> Images::load(const oci::Descriptor& entry) const {
  oci::Descriptor chosen = TRY(choose_platform(entry));
  std::string name = "manifest " + chosen.digest.text();
  Image image;
  image.descriptor = entry;
  image.manifest = TRY(oci::parse_manifest(TRY(blobs_.read(chosen.digest)), name));
  const oci::Digest& config = image.manifest.config.digest;
  if (!oci::is_config(image.manifest.config.media_type))
    return fail(Code::unsupported, "{}: its config is of type {}, so it is no container image", name,
                image.manifest.config.media_type);
  image.id = config.hex();
  image.config = TRY(oci::parse_image_config(TRY(blobs_.read(config)), "config " + config.text()));
  return image;
}

ImageRow Images::make_row(const oci::Descriptor& entry) const {
  ImageRow row;
  auto image = load(entry);
  if (!image) {
    // A list of images, none of which is for this machine, is as it should be.
    if (oci::is_index(entry.media_type) && image.error().code() == Code::unsupported) return row;
    log::warning("image {} cannot be read: {}", name_of(entry).empty() ? entry.digest.text() : name_of(entry),
                 image.error().message());
    return row;
  }
  row.id = image->id;
  // Builders that set no time write the year 1, Go's zero.
  row.created = std::max<Timestamp>(parse_rfc3339(image->config.created).value_or(0), 0);
  if (auto size = Layers(blobs_.root()).size(image->config)) row.size = *size;
  row.labels = std::move(image->config.config.labels);
  return row;
}

bool Images::still_holds(const ImageRow& row, const oci::Descriptor& entry) const {
  if (row.id.empty() || !row.size || !oci::is_manifest(entry.media_type)) return false;
  auto algorithm =
      row.id.size() == oci::hex_length(oci::Algorithm::sha256) ? oci::Algorithm::sha256 : oci::Algorithm::sha512;
  auto config = oci::Digest::from_hex(algorithm, row.id);
  return config && blobs_.has(entry.digest) && blobs_.has(*config);
}

TableKey Images::table_key(std::string_view index_bytes) const {
  auto changed = [&](oci::Algorithm algorithm) -> std::int64_t {
    struct stat info;
    std::string folder = fmt::format("{}/blobs/{}", blobs_.root(), oci::name_of(algorithm));
    return stat(folder.c_str(), &info) == 0 ? info.st_mtim.tv_sec * kSecond + info.st_mtim.tv_nsec : 0;
  };
  return {.index_size = index_bytes.size(),
          .index_hash = hash_of(index_bytes),
          .sha256_changed = changed(oci::Algorithm::sha256),
          .sha512_changed = changed(oci::Algorithm::sha512)};
}

ImageTable Images::saved_table() const {
  auto bytes = read_file(table_of(blobs_), kLargestTable);
  return bytes ? read_table(*bytes).value_or(ImageTable{}) : ImageTable{};
}

ImageTable Images::make_table(const TableKey& key, const oci::Index& index, const ImageTable& old) const {
  std::unordered_map<std::string_view, const ImageRow*> known;
  for (const auto& row : old.rows) known.emplace(row.digest.hex(), &row);
  ImageTable table{.key = key};
  for (const auto& entry : index.manifests) {
    auto found = known.find(entry.digest.hex());
    bool holds = found != known.end() && still_holds(*found->second, entry);
    ImageRow row = holds ? *found->second : make_row(entry);
    row.digest = entry.digest;
    row.name = name_of(entry);
    table.rows.push_back(std::move(row));
  }
  return table;
}

Result<std::vector<ImageRow>> Images::rows() const {
  std::string path = index_of(blobs_);
  std::string bytes = TRY(read_file(path));
  // What changes from here on is noticed by the next reader.
  TableKey key = table_key(bytes);
  ImageTable old = saved_table();
  if (old.key == key) return std::move(old.rows);
  ImageTable table = make_table(key, TRY(oci::parse_index(bytes, path)), old);
  // An image that cannot be read is complained about every time, and layers may be unpacked later.
  auto is_complete = [](const ImageRow& row) { return !row.id.empty() && row.size; };
  if (!std::ranges::all_of(table.rows, is_complete)) table.key = {};
  if (table != old) best_effort(save(table));
  return std::move(table.rows);
}

Result<> Images::save(const ImageTable& table) const {
  auto scratch = TRY(content::Scratch::make_file(tmp_of(blobs_)));
  TRY(write_all(scratch.fd(), write_table(table), scratch.path()));
  return scratch.publish(table_of(blobs_));
}

Result<std::vector<ImageSummary>> Images::list() const {
  auto rows = TRY(this->rows());
  std::vector<ImageSummary> images;
  images.reserve(rows.size());
  std::unordered_map<std::string, std::size_t> positions(rows.size());
  for (auto& row : rows) {
    if (row.id.empty()) continue;
    auto [position, is_new] = positions.emplace(row.id, images.size());
    if (is_new)
      images.push_back({.id = std::move(row.id),
                        .digest = std::move(row.digest),
                        .created = row.created,
                        .size = row.size.value_or(0),
                        .labels = std::move(row.labels)});
    if (!row.name.empty()) images[position->second].names.push_back(std::move(row.name));
  }
  return images;
}

Result<Image> Images::find_by_id(std::string_view prefix) const {
  if (prefix.empty() || !is_hex(prefix)) return no_image(prefix);
  auto images = TRY(list());
  auto matches = [&](const ImageSummary& image) { return image.id.starts_with(prefix); };
  auto found = std::ranges::find_if(images, matches);
  if (found == images.end()) return no_image(prefix);
  if (std::ranges::count_if(images, matches) > 1)
    return fail(Code::invalid, "'{}' is the beginning of several images' ids", prefix).with_cure("give more figures");
  oci::Index index = TRY(this->index());
  auto entry = std::ranges::find(index.manifests, found->digest, &oci::Descriptor::digest);
  if (entry == index.manifests.end()) return no_image(prefix);  // gone just now
  Image image = TRY(with_context(load(*entry), "image '{}'", prefix));
  image.names = std::move(found->names);
  return image;
}

Result<Image> Images::find(std::string_view name) const {
  oci::Index index = TRY(this->index());
  for (const auto& reference : candidates(name)) {
    const oci::Descriptor* entry = find_reference(index, reference);
    if (entry == nullptr) continue;
    auto image = TRY(with_context(load(*entry), "image '{}'", name));
    for (const auto& other : index.manifests)
      if (other.digest == entry->digest && !name_of(other).empty()) image.names.emplace_back(name_of(other));
    return image;
  }
  std::string_view prefix = name.starts_with("sha256:") ? name.substr(7) : name;
  auto by_id = find_by_id(prefix);
  if (!by_id && by_id.error().code() == Code::not_found) return no_image(name);
  return by_id;
}

Result<> Images::add(const oci::Descriptor& manifest, std::span<const std::string> names) const {
  return update([&](oci::Index& index) -> Result<> {
    auto listed = [&](const oci::Descriptor& entry) { return entry.digest == manifest.digest; };
    if (names.empty() && std::ranges::none_of(index.manifests, listed)) index.manifests.push_back(manifest);
    for (const auto& name : names) give_name(index, manifest, name);
    if (!names.empty()) drop_twins(index, manifest);
    return {};
  });
}

void Images::drop_twins(oci::Index& index, const oci::Descriptor& manifest) const {
  auto added = load(manifest);
  if (!added) return;  // an index without an image for this machine
  std::erase_if(index.manifests, [&](const oci::Descriptor& entry) {
    if (!name_of(entry).empty() || entry.digest == manifest.digest) return false;
    auto image = load(entry);
    return image && image->id == added->id;
  });
}

Result<> Images::tag(const Image& image, const std::string& name) const {
  oci::Descriptor entry = image.descriptor;
  entry.annotations.erase(oci::kRefName);
  return add(entry, std::span(&name, 1));
}

Result<> Images::untag(const std::string& name) const {
  return update([&](oci::Index& index) -> Result<> {
    auto entry =
        std::ranges::find_if(index.manifests, [&](const oci::Descriptor& entry) { return name_of(entry) == name; });
    if (entry == index.manifests.end()) return no_image(name);
    drop_name(index, static_cast<std::size_t>(entry - index.manifests.begin()));
    return {};
  });
}

Result<> Images::remove(std::span<const std::string> ids) const {
  const std::set<std::string_view> unwanted(ids.begin(), ids.end());
  return update([&](oci::Index& index) -> Result<> {
    std::unordered_map<std::string, std::string> known;
    ImageTable table = saved_table();
    for (auto& row : table.rows)
      if (!row.id.empty()) known.emplace(row.digest.hex(), std::move(row.id));
    std::erase_if(index.manifests, [&](const oci::Descriptor& entry) {
      auto found = known.find(entry.digest.hex());
      if (found != known.end()) return unwanted.contains(found->second);
      auto image = load(entry);
      return image && unwanted.contains(image->id);
    });
    return {};
  });
}

Result<> Images::drop(const oci::Digest& manifest) const {
  return update([&](oci::Index& index) -> Result<> {
    std::erase_if(index.manifests, [&](const oci::Descriptor& entry) { return entry.digest == manifest; });
    return {};
  });
}

}  // namespace gantry::store
