#pragma once

#include "engine/container.hpp"
#include "engine/pods.hpp"

#include <string>

namespace gantry::engine {

/// What a container was made by, for another one like it: without its name, with anonymous volumes of its own, and
/// from the very image that it has.
ContainerConfig config_of_clone(const Container& container);

/// A name for a clone: NAME-clone, or the first of NAME-clone1, NAME-clone2, … that is not `taken`.
std::string name_of_clone(const std::string& name, const std::function<bool(const std::string&)>& taken);

/// A pod like another one, with clones of its containers, none of which is started. Empty: a name is made up of the
/// other's. `infra` changes how the infra container is made. The new pod's id.
Result<std::string> clone_pod(Engine& engine, const Pod& pod, const std::string& name,
                              const std::function<Result<>(ContainerConfig&)>& infra);

}  // namespace gantry::engine
