#pragma once

#include "oci/image_spec.hpp"
#include "oci/media_types.hpp"

#include <string_view>

namespace gantry::transfer {

/// Whose media types manifests have: the two differ in little else.
enum class ManifestFormat { oci, docker };

/// The same image with the other's media types. Code::unsupported for what Docker's manifests cannot hold: artifacts.
Result<oci::Manifest> converted(oci::Manifest manifest, ManifestFormat format);
std::string_view layer_media_type(oci::Compression compression, ManifestFormat format);
/// Of a manifest or index.
ManifestFormat format_of(std::string_view media_type);

}  // namespace gantry::transfer
