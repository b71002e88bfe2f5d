// Manifests and indexes of registries and archives. One that is understood can be written in both kinds, and says the
// same then.

#include "oci/image_spec.hpp"
#include "oci/media_types.hpp"
#include "transfer/rewrite.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace gantry;

void check(bool holds) {
  if (!holds) std::abort();
}

void try_format(const oci::Manifest& manifest, transfer::ManifestFormat format) {
  auto converted = transfer::converted(manifest, format);
  if (!converted) return;
  auto again = oci::parse_manifest(oci::write_manifest(*converted), "manifest");
  check(again.has_value());
  check(transfer::format_of(again->media_type) == format);
  check(again->config.digest == manifest.config.digest && again->layers.size() == manifest.layers.size());
  for (std::size_t i = 0; i < manifest.layers.size(); ++i) {
    check(again->layers[i].digest == manifest.layers[i].digest);
    check(again->layers[i].size == manifest.layers[i].size);
  }
  auto twice = transfer::converted(*again, format);
  check(twice && *twice == *again);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string type = oci::detect_media_type(text);
  check(type.empty() || oci::is_manifest(type) || oci::is_index(type));
  best_effort(oci::parse_index(text, "index"));
  auto manifest = oci::parse_manifest(text, "manifest");
  if (!manifest) return 0;
  for (auto format : {transfer::ManifestFormat::oci, transfer::ManifestFormat::docker}) try_format(*manifest, format);
  transfer::Rewrite rewrite{.compression = oci::Compression::zstd, .level = 0, .format = {}};
  best_effort(transfer::rewritten(rewrite, *manifest, manifest->layers));
  return 0;
}
