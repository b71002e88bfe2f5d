#include "registry/document.hpp"

#include "base/json.hpp"
#include "base/text.hpp"
#include "oci/image_spec.hpp"
#include "oci/media_types.hpp"

namespace gantry::registry {

namespace {

std::string annotations_text(const oci::Annotations& annotations) {
  return annotations.empty() ? std::string() : json::encode(annotations);
}

Result<NewManifest> of_manifest(const oci::Manifest& manifest) {
  NewManifest made;
  // distribution-spec, "Listing Referrers": the config's media type stands for an artifact type that is not there.
  made.record.artifact_type = manifest.artifact_type.empty() ? manifest.config.media_type : manifest.artifact_type;
  made.record.annotations = annotations_text(manifest.annotations);
  made.blobs.push_back(manifest.config.digest);
  for (const auto& layer : manifest.layers)
    if (layer.urls.empty() && !oci::is_foreign_layer(layer.media_type)) made.blobs.push_back(layer.digest);
  if (manifest.subject) made.subject = manifest.subject->digest;
  return made;
}

Result<NewManifest> of_index(const oci::Index& index) {
  NewManifest made;
  made.record.artifact_type = index.artifact_type;
  made.record.annotations = annotations_text(index.annotations);
  for (const auto& each : index.manifests) made.manifests.push_back(each.digest);
  if (index.subject) made.subject = index.subject->digest;
  return made;
}

}  // namespace

Result<NewManifest> read_manifest(std::string_view content_type, std::string_view bytes) {
  const std::string told(trim(cut(content_type, ';').before));
  const std::string found = oci::detect_media_type(bytes);
  const std::string media_type = told.empty() ? found : told;
  if (!found.empty() && !told.empty() && found != told && (oci::is_index(found) != oci::is_index(told)))
    return fail(Code::invalid, "the manifest is of type '{}', and not '{}' as the request says", found, told);
  NewManifest made;
  if (oci::is_manifest(media_type)) {
    const auto manifest = TRY(oci::parse_manifest(bytes, "manifest"));
    if (!manifest.media_type.empty() && manifest.media_type != media_type)
      return fail(Code::invalid, "the manifest says it is '{}', the request '{}'", manifest.media_type, media_type);
    made = TRY(of_manifest(manifest));
  } else if (oci::is_index(media_type)) {
    const auto index = TRY(oci::parse_index(bytes, "index"));
    if (!index.media_type.empty() && index.media_type != media_type)
      return fail(Code::invalid, "the index says it is '{}', the request '{}'", index.media_type, media_type);
    made = TRY(of_index(index));
  } else {
    return fail(Code::invalid, "a manifest of type '{}' is not taken", media_type);
  }
  made.record.media_type = media_type;
  made.record.size = bytes.size();
  return made;
}

}  // namespace gantry::registry
