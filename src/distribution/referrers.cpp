#include "archive/describe.hpp"
#include "distribution/failure.hpp"
#include "distribution/repository.hpp"
#include "http/url.hpp"
#include "oci/media_types.hpp"

#include <algorithm>

namespace gantry::distribution {

namespace {

/// What a manifest is listed by: its own artifactType, or else its config's type.
std::string artifact_type_of(const oci::Manifest& manifest) {
  return manifest.artifact_type.empty() ? manifest.config.media_type : manifest.artifact_type;
}

}  // namespace

std::string referrers_tag(const oci::Digest& digest) {
  return fmt::format("{}-{}", oci::name_of(digest.algorithm()), digest.hex()).substr(0, 128);
}

Result<std::vector<oci::Descriptor>> Repository::referrers(const oci::Digest& subject,
                                                           const std::string& artifact_type) const {
  std::string what = fmt::format("referrers of {}@{}", label_, subject.text());
  std::string url = path("referrers/" + subject.text());
  if (!artifact_type.empty()) url = http::with_parameter(std::move(url), "artifactType", artifact_type);
  auto answer = TRY(session_->send({.url = url, .headers = {{"Accept", std::string(oci::kOciIndex)}}}, pull_scope()));
  std::string text;
  if (answer->status() == 200) {
    text = TRY(answer->text());
  } else if (answer->status() == 404) {
    auto listed = manifest(referrers_tag(subject));
    if (!listed && listed.error().code() == Code::not_found) return std::vector<oci::Descriptor>();
    text = TRY(std::move(listed)).bytes;
  } else {
    return failure(*answer, what);
  }
  auto index = TRY(oci::parse_index(text, what));
  // Whether the registry has filtered or not.
  if (!artifact_type.empty())
    std::erase_if(index.manifests, [&](const auto& one) { return one.artifact_type != artifact_type; });
  return std::move(index.manifests);
}

/// distribution-spec, "Pushing Manifests with Subject": the client keeps the index under the subject's tag.
Result<> Repository::add_to_tag_schema(const oci::Descriptor& descriptor, const oci::Manifest& manifest) const {
  std::string tag = referrers_tag(manifest.subject->digest);
  oci::Index index;
  auto present = this->manifest(tag);
  if (present) index = TRY(oci::parse_index(present->bytes, label_ + ":" + tag));
  else if (present.error().code() != Code::not_found) return std::move(present.error());
  index.media_type = oci::kOciIndex;
  oci::Descriptor entry = oci::bare(descriptor);
  entry.annotations = manifest.annotations;
  entry.artifact_type = artifact_type_of(manifest);
  std::erase_if(index.manifests, [&](const auto& one) { return one.digest == descriptor.digest; });
  index.manifests.push_back(std::move(entry));
  oci::Document document;
  document.bytes = oci::write_index(index);
  document.descriptor = archive::describe(oci::kOciIndex, document.bytes);
  return put_manifest(document, tag);
}

}  // namespace gantry::distribution
