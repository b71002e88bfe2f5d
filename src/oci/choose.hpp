#pragma once

#include "oci/image_spec.hpp"

namespace gantry::oci {

/// The manifest of an index that runs best on `machine`. Code::unsupported names the platforms that there are; `name`
/// is what it calls the index.
Result<Descriptor> choose(const Index& index, const Platform& machine, std::string_view name);

}  // namespace gantry::oci
