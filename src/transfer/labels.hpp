#pragma once

#include "oci/image_spec.hpp"

#include <string>

namespace gantry::transfer {

/// "Copying blob sha256:…", as podman and skopeo call it.
inline std::string blob_label(const oci::Descriptor& blob) { return "Copying blob " + blob.digest.text(); }
inline std::string config_label(const oci::Descriptor& blob) { return "Copying config " + blob.digest.text(); }

}  // namespace gantry::transfer
