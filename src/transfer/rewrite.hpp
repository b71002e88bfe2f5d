#pragma once

#include "transfer/manifest_format.hpp"

#include <optional>

namespace gantry::transfer {

/// What a copy is to have otherwise than the original. All of it changes digests.
struct Rewrite {
  std::optional<oci::Compression> compression;  ///< of layers that have another one
  int level = 0;                                ///< 0: the usual one
  std::optional<ManifestFormat> format;
};

/// The layer would come compressed in another way.
bool changes_layer(const Rewrite& rewrite, const oci::Descriptor& layer);
bool changes_manifest(const Rewrite& rewrite, const oci::Manifest& manifest);

/// The manifest with what its layers have become, `layers`, and in the format that is asked for. Zstd makes it OCI's:
/// Docker's manifests do not know it, which is Code::unsupported when they are asked for.
Result<oci::Manifest> rewritten(const Rewrite& rewrite, oci::Manifest manifest, std::vector<oci::Descriptor> layers);

}  // namespace gantry::transfer
