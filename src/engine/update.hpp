#pragma once

#include "engine/engine.hpp"

#include <functional>
#include <string>

namespace gantry::engine {

/// Lets `change` change a container's limits and restart policy, at once where it runs. Returns the id.
Result<std::string> update(Engine& engine, const std::string& name,
                           const std::function<Result<>(ContainerConfig&)>& change);

}  // namespace gantry::engine
