#include "store/images.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "oci/media_types.hpp"

#include <algorithm>
#include <utility>

namespace gantry::store {

namespace {

std::string tmp_of(const content::Blobs& blobs) { return blobs.root() + "/tmp"; }

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
  std::string path = blobs_.root() + "/index.json";
  return oci::parse_index(TRY(read_file(path)), path);
}

template <class Change>
Result<> Images::update(Change change) const {
  Lock alone = TRY(Lock::take(blobs_.root(), Lock::Mode::exclusive));
  oci::Index changed = TRY(index());
  TRY(change(changed));
  return content::replace_through(tmp_of(blobs_), blobs_.root() + "/index.json", oci::write_index(changed));
}

Result<oci::Descriptor> Images::choose_platform(const oci::Descriptor& entry) const {
  oci::Descriptor chosen = entry;
  for (int depth = 0; oci::is_index(chosen.media_type); ++depth) {
    std::string name = "index " + chosen.digest.text();
    if (depth == oci::kMaxIndexDepth) return fail(Code::invalid, "{}: indexes are nested too deep", name);
    oci::Index index = TRY(oci::parse_index(TRY(blobs_.read(chosen.digest)), name));
    const oci::Platform host = oci::host_platform();
    const oci::Descriptor* best = nullptr;
    int best_match = 0;
    for (const auto& candidate : index.manifests) {
      int match = candidate.platform ? oci::match(host, *candidate.platform) : 0;
      if (match > best_match) {
        best = &candidate;
        best_match = match;
      }
    }
    if (best == nullptr)
      return fail(Code::unsupported, "{} has no image for this machine, {}", name, oci::text_of(host));
    chosen = *best;
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

Result<std::vector<Image>> Images::list(const oci::Index& index) const {
  std::vector<Image> images;
  for (const auto& entry : index.manifests) {
    auto image = load(entry);
    if (!image) {
      log::warning("image {} cannot be read: {}", name_of(entry).empty() ? entry.digest.text() : name_of(entry),
                   image.error().message());
      continue;
    }
    auto known = std::ranges::find(images, image->id, &Image::id);
    if (known == images.end()) known = images.insert(known, std::move(*image));
    if (!name_of(entry).empty()) known->names.emplace_back(name_of(entry));
  }
  return images;
}

Result<std::vector<Image>> Images::list() const { return list(TRY(index())); }

Result<Image> Images::find_by_id(const oci::Index& index, std::string_view prefix) const {
  if (prefix.empty() || !is_hex(prefix)) return no_image(prefix);
  auto images = TRY(list(index));
  auto matches = [&](const Image& image) { return image.id.starts_with(prefix); };
  auto found = std::ranges::find_if(images, matches);
  if (found == images.end()) return no_image(prefix);
  if (std::ranges::count_if(images, matches) > 1)
    return fail(Code::invalid, "'{}' is the beginning of several images' ids", prefix).with_cure("give more figures");
  return std::move(*found);
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
  auto by_id = find_by_id(index, prefix);
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

Result<> Images::remove(const std::string& id) const {
  return update([&](oci::Index& index) -> Result<> {
    std::erase_if(index.manifests, [&](const oci::Descriptor& entry) {
      auto image = load(entry);
      return image && image->id == id;
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
