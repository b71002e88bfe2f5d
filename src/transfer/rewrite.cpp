#include "transfer/rewrite.hpp"

#include <algorithm>

namespace gantry::transfer {

namespace {

bool has_zstd(const std::vector<oci::Descriptor>& layers) {
  return std::ranges::any_of(
      layers, [](const auto& layer) { return oci::compression_of(layer.media_type) == oci::Compression::zstd; });
}

}  // namespace

bool changes_layer(const Rewrite& rewrite, const oci::Descriptor& layer) {
  if (!rewrite.compression || !oci::is_layer(layer.media_type) || oci::is_foreign_layer(layer.media_type)) return false;
  return oci::compression_of(layer.media_type) != *rewrite.compression;
}

bool changes_manifest(const Rewrite& rewrite, const oci::Manifest& manifest) {
  if (rewrite.format && *rewrite.format != format_of(manifest.media_type)) return true;
  return std::ranges::any_of(manifest.layers, [&](const auto& layer) { return changes_layer(rewrite, layer); });
}

Result<oci::Manifest> rewritten(const Rewrite& rewrite, oci::Manifest manifest, std::vector<oci::Descriptor> layers) {
  manifest.layers = std::move(layers);
  auto format = rewrite.format.value_or(format_of(manifest.media_type));
  if (!has_zstd(manifest.layers)) return converted(std::move(manifest), format);
  if (rewrite.format == ManifestFormat::docker)
    return fail(Code::unsupported, "Docker's manifests know no layers that are compressed with zstd")
        .with_cure("--format oci, or --dest-compress-format gzip");
  return converted(std::move(manifest), ManifestFormat::oci);
}

}  // namespace gantry::transfer
