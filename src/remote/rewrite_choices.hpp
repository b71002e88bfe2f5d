#pragma once

#include "options/value.hpp"
#include "transfer/rewrite.hpp"

namespace gantry::remote {

// What commands that write images somewhere let the user choose, as skopeo and podman name it.
inline constexpr options::Choice<transfer::ManifestFormat> kManifestFormats[] = {
    {"oci", transfer::ManifestFormat::oci}, {"v2s2", transfer::ManifestFormat::docker}};
inline constexpr options::Choice<oci::Compression> kCompressions[] = {{"gzip", oci::Compression::gzip},
                                                                      {"zstd", oci::Compression::zstd}};

}  // namespace gantry::remote
