#pragma once

#include "base/result.hpp"
#include "engine/config.hpp"
#include "oci/runtime_spec.hpp"

namespace gantry::engine {

/// Adds the hooks that the JSON files in --hooks-dir describe and whose conditions hold: oci-hooks(5), version 1.0.0.
/// Of files of one name the one in the later folder counts.
Result<> add_hooks(oci::Spec& spec, const ContainerConfig& config);

}  // namespace gantry::engine
