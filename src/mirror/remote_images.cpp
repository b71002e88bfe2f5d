#include "mirror/remote_images.hpp"

#include "base/json.hpp"
#include "oci/image_spec.hpp"
#include "oci/media_types.hpp"
#include "oci/reference.hpp"

#include <algorithm>
#include <map>

namespace gantry::mirror {

namespace {

constexpr std::size_t kMaxConfig = 4u << 20;
/// Builds that are to be the same each time say that they were made at the beginning of time, or a day after.
constexpr std::int64_t kNoTime = std::int64_t{2} * 86400 * kSecond;

struct Created {
  std::string created;
};
BOOST_DESCRIBE_STRUCT(Created, (), (created))

Timestamp time_of(const std::string& text) {
  const auto time = text.empty() ? Result<Timestamp>(0) : parse_rfc3339(text);
  return time && *time > kNoTime ? *time : 0;
}

Timestamp annotated(const oci::Annotations& annotations) {
  const auto found = annotations.find("org.opencontainers.image.created");
  return found == annotations.end() ? 0 : time_of(found->second);
}

/// Collects images by their digests, each once.
class Reader {
 public:
  explicit Reader(const distribution::Repository& repository) : repository_(repository) {}

  Result<> add_tag(const std::string& tag) {
    const auto found = TRY(repository_.find_manifest(tag));
    if (!found) return {};  // removed meanwhile
    TRY(add(found->digest, Role::tagged));
    images_[found->digest.text()].tags.push_back(tag);
    return {};
  }
  std::vector<retention::Image> take() {
    std::vector<retention::Image> all;
    for (auto& [digest, image] : images_) all.push_back(std::move(image));
    return all;
  }

 private:
  enum class Role : bool { tagged, inner };

  Result<> add(const oci::Digest& digest, Role role) {
    if (images_.contains(digest.text())) return {};
    const auto document = TRY(repository_.manifest(digest.text()));
    auto& image = images_[digest.text()];
    image.digest = digest;
    if (oci::is_index(document.descriptor.media_type)) {
      if (role == Role::tagged) TRY(add_parts(image, document.bytes));  // no index of indexes of indexes
    } else {
      TRY(read(image, document.bytes));
    }
    for (const auto& each : TRY(repository_.referrers(digest, "")))
      if (role == Role::tagged && !images_.contains(each.digest.text()))
        images_[each.digest.text()] = {
            .digest = each.digest, .time = annotated(each.annotations), .tags = {}, .parts = {}, .subject = digest};
    return {};
  }

  Result<> add_parts(retention::Image& image, const std::string& bytes) {
    const auto index = TRY(oci::parse_index(bytes, "index " + image.digest.text()));
    image.time = annotated(index.annotations);
    if (index.subject) image.subject = index.subject->digest;
    for (const auto& each : index.manifests) {
      // An index may name what its registry has not.
      auto added = add(each.digest, Role::inner);
      if (!added && added.error().code() == Code::not_found) continue;
      TRY(std::move(added));
      image.parts.push_back(each.digest);
      image.time = std::max(image.time, images_[each.digest.text()].time);
    }
    return {};
  }

  Result<> read(retention::Image& image, const std::string& bytes) {
    const auto manifest = TRY(oci::parse_manifest(bytes, "manifest " + image.digest.text()));
    if (manifest.subject) image.subject = manifest.subject->digest;
    image.time = annotated(manifest.annotations);
    if (image.time != 0 || static_cast<std::size_t>(manifest.config.size) > kMaxConfig) return {};
    const auto source = TRY(repository_.blob(manifest.config));
    std::string text(static_cast<std::size_t>(manifest.config.size), '\0');
    std::size_t have = 0;
    while (have < text.size()) {
      const auto got = TRY(source->read(std::as_writable_bytes(std::span(text)).subspan(have)));
      if (got == 0) break;
      have += got;
    }
    // Artifacts have anything as their config.
    if (const auto created = json::decode<Created>(text, "config")) image.time = time_of(created->created);
    return {};
  }

  const distribution::Repository& repository_;
  std::map<std::string, retention::Image> images_;
};

}  // namespace

Result<std::vector<retention::Image>> images_of(const distribution::Repository& repository) {
  Reader reader(repository);
  for (const auto& tag : TRY(repository.tags()))
    if (oci::is_tag(tag)) TRY(reader.add_tag(tag));
  return reader.take();
}

Result<> remove_image(const distribution::Repository& repository, const oci::Digest& digest) {
  auto removed = repository.delete_manifest(digest);
  if (!removed && removed.error().code() == Code::not_found) return {};
  if (!removed && removed.error().code() == Code::unsupported)
    return std::move(removed.error())
        .with_cure(
            "let the registry allow deletions: for docker-registry, "
            "REGISTRY_STORAGE_DELETE_ENABLED=true");
  return removed;
}

}  // namespace gantry::mirror
