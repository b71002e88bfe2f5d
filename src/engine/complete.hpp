#pragma once

#include "base/result.hpp"
#include "engine/config.hpp"
#include "oci/image_spec.hpp"

namespace gantry::engine {

/// Fills in what the image says and the user did not. As docker has it, an entrypoint of the user drops the image's
/// command too, variables and labels of both are joined, and the user's win.
void complete(ContainerConfig& config, const oci::ExecutionConfig& image);

/// What holds whatever the root is made of: a command, one root, paths that are absolute. Code::invalid.
Result<> check_config(const ContainerConfig& config);

}  // namespace gantry::engine
