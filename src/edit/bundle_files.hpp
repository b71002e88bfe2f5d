#pragma once

#include "oci/image_spec.hpp"

#include <string>

namespace gantry::edit {

// The names in a bundle.

inline constexpr const char* kRootfs = "/rootfs";
inline constexpr const char* kRuntimeConfig = "/config.json";
inline constexpr const char* kBundleOrigin = "/gantry-bundle.json";

/// "/sha256_<hex>.mtree"
inline std::string record_name(const oci::Descriptor& manifest) {
  return fmt::format("/{}_{}.mtree", oci::name_of(manifest.digest.algorithm()), manifest.digest.hex());
}

}  // namespace gantry::edit
