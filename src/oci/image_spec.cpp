#include "oci/image_spec.hpp"

#include "base/json.hpp"
#include "oci/media_types.hpp"

namespace gantry::oci {

namespace {

Result<> check_version(int schema_version, std::string_view name) {
  if (schema_version == 2) return {};
  return fail(Code::unsupported, "{}: /schemaVersion: {} is not 2", name, schema_version);
}

/// A document that could be read as a manifest and as an index is refused, whatever it says that it is
/// (image-spec 1.0.2, CVE-2021-41190).
Result<> check_kind(const json::Unknown& unknown, std::initializer_list<const char*> foreign, std::string_view name) {
  for (const char* member : foreign)
    if (unknown.members.contains(member))
      return fail(Code::invalid, "{}: it could be a manifest or an index, as it has the member '{}'", name, member);
  return {};
}

Result<> check_size(const Descriptor& descriptor, std::string_view name, std::string_view path) {
  if (descriptor.size >= 0) return {};
  return fail(Code::invalid, "{}: {}/size: {} is negative", name, path, descriptor.size);
}

Result<> check_sizes(const std::vector<Descriptor>& descriptors, std::string_view name, std::string_view path) {
  for (std::size_t i = 0; i < descriptors.size(); ++i)
    TRY(check_size(descriptors[i], name, fmt::format("{}/{}", path, i)));
  return {};
}

/// The members by which a document shows what it is.
struct Probe {
  std::string media_type;
  json::Raw config;
  json::Raw layers;
  json::Raw manifests;
};
BOOST_DESCRIBE_STRUCT(Probe, (), (media_type, config, layers, manifests))

}  // namespace

Platform platform_of(const ImageConfig& config) {
  return {config.architecture, config.os, config.os_version, config.os_features, config.variant};
}

Result<Manifest> parse_manifest(std::string_view text, std::string_view name) {
  Manifest manifest = TRY(json::decode<Manifest>(text, name));
  TRY(check_version(manifest.schema_version, name));
  if (!manifest.media_type.empty() && !is_manifest(manifest.media_type))
    return fail(Code::invalid, "{}: /mediaType: '{}' is not an image manifest's", name, manifest.media_type);
  TRY(check_kind(manifest.unknown, {"manifests", "fsLayers"}, name));
  TRY(check_size(manifest.config, name, "/config"));
  TRY(check_sizes(manifest.layers, name, "/layers"));
  if (manifest.subject) TRY(check_size(*manifest.subject, name, "/subject"));
  return manifest;
}

Result<Index> parse_index(std::string_view text, std::string_view name) {
  Index index = TRY(json::decode<Index>(text, name));
  TRY(check_version(index.schema_version, name));
  if (!index.media_type.empty() && !is_index(index.media_type))
    return fail(Code::invalid, "{}: /mediaType: '{}' is not an image index's", name, index.media_type);
  TRY(check_kind(index.unknown, {"config", "layers", "fsLayers"}, name));
  TRY(check_sizes(index.manifests, name, "/manifests"));
  if (index.subject) TRY(check_size(*index.subject, name, "/subject"));
  return index;
}

Result<ImageConfig> parse_image_config(std::string_view text, std::string_view name) {
  ImageConfig config = TRY(json::decode<ImageConfig>(text, name));
  if (config.rootfs.type != "layers")
    return fail(Code::invalid, "{}: /rootfs/type: '{}' is not 'layers'", name, config.rootfs.type);
  return config;
}

Result<ImageLayout> parse_image_layout(std::string_view text, std::string_view name) {
  ImageLayout layout = TRY(json::decode<ImageLayout>(text, name));
  if (layout.image_layout_version != "1.0.0")
    return fail(Code::unsupported, "{}: /imageLayoutVersion: '{}' is not 1.0.0", name, layout.image_layout_version);
  return layout;
}

std::string write_manifest(const Manifest& manifest) { return json::encode(manifest); }
std::string write_index(const Index& index) { return json::encode(index); }
std::string write_image_config(const ImageConfig& config) { return json::encode(config); }
std::string write_image_layout(const ImageLayout& layout) { return json::encode(layout); }

Descriptor bare(const Descriptor& descriptor) {
  return {.media_type = descriptor.media_type, .digest = descriptor.digest, .size = descriptor.size};
}

std::string detect_media_type(std::string_view text) {
  const auto probe = json::decode<Probe>(text, "document");
  if (!probe) return {};
  const bool has_layers = !probe->config.text.empty() || !probe->layers.text.empty();
  const bool has_manifests = !probe->manifests.text.empty();
  if (is_manifest(probe->media_type) || is_index(probe->media_type)) return probe->media_type;
  if (has_layers == has_manifests) return {};
  return std::string(has_layers ? kOciManifest : kOciIndex);
}

}  // namespace gantry::oci
