#pragma once

#include "base/result.hpp"
#include "cdi/spec.hpp"
#include "oci/runtime_spec.hpp"

namespace gantry::cdi {

/// Adds them to the config of a container. Looks at the host's nodes for what they leave open.
Result<> apply_edits(oci::Spec& spec, const ContainerEdits& edits);

}  // namespace gantry::cdi
