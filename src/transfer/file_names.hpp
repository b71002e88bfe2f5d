#pragma once

#include "oci/image_spec.hpp"

#include <string>

namespace gantry::transfer {

/// Where an OCI image layout keeps a blob: "blobs/sha256/<hex>".
std::string layout_path(const oci::Digest& digest);
/// Where skopeo's dir: keeps what a descriptor is of: by hex digits alone, except for algorithms other than sha256, and
/// with ".manifest.json" behind those of manifests and indexes.
std::string dir_path(const oci::Descriptor& descriptor);

}  // namespace gantry::transfer
