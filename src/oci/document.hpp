#pragma once

#include "oci/image_spec.hpp"

#include <string>

namespace gantry::oci {

/// A manifest or index as its bytes are, and what refers to it.
struct Document {
  Descriptor descriptor;
  std::string bytes;
};

}  // namespace gantry::oci
