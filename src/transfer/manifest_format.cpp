#include "transfer/manifest_format.hpp"

namespace gantry::transfer {

ManifestFormat format_of(std::string_view media_type) {
  bool is_docker = media_type == oci::kDockerManifest || media_type == oci::kDockerList;
  return is_docker ? ManifestFormat::docker : ManifestFormat::oci;
}

std::string_view layer_media_type(oci::Compression compression, ManifestFormat format) {
  if (format == ManifestFormat::oci) return oci::layer_media_type(compression);
  if (compression == oci::Compression::gzip) return oci::kDockerLayerGzip;
  return compression == oci::Compression::zstd ? oci::kDockerLayerZstd : oci::kDockerLayer;
}

Result<oci::Manifest> converted(oci::Manifest manifest, ManifestFormat format) {
  bool is_docker = format == ManifestFormat::docker;
  bool is_image = oci::is_config(manifest.config.media_type);
  if (is_docker && !is_image)
    return fail(Code::unsupported, "Docker's manifests hold images, and not a config of type {}",
                manifest.config.media_type);
  manifest.media_type = is_docker ? oci::kDockerManifest : oci::kOciManifest;
  if (is_image) manifest.config.media_type = is_docker ? oci::kDockerConfig : oci::kOciConfig;
  for (auto& layer : manifest.layers) {
    if (oci::is_foreign_layer(layer.media_type)) continue;
    if (oci::is_layer(layer.media_type))
      layer.media_type = layer_media_type(oci::compression_of(layer.media_type), format);
    else if (is_docker)
      return fail(Code::unsupported, "Docker's manifests hold layers, and nothing of type {}", layer.media_type);
    if (is_docker) layer.annotations.clear();
  }
  if (is_docker) {
    manifest.annotations.clear();
    manifest.artifact_type.clear();
    manifest.subject.reset();
  }
  return manifest;
}

}  // namespace gantry::transfer
