#pragma once

#include "oci/image_spec.hpp"

#include <string_view>

namespace gantry::archive {

/// What refers to `bytes`: their sha256 digest and size.
oci::Descriptor describe(std::string_view media_type, std::string_view bytes);

}  // namespace gantry::archive
