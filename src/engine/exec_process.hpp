#pragma once

#include "engine/container.hpp"
#include "oci/runtime_spec.hpp"

namespace gantry::engine {

/// A further process of a running container, made of its own first one: `process`.
Result<oci::Process> exec_process(const Container& container, oci::Process process, const ExecConfig& asked);

}  // namespace gantry::engine
