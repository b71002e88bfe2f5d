#pragma once

#include "engine/config.hpp"
#include "oci/runtime_spec.hpp"

#include <vector>

namespace gantry::engine {

/// Whether the container is made for systemd as its first process: --systemd always, or the command is an init.
bool is_systemd(const ContainerConfig& config);

/// What systemd expects of a container (systemd.io/CONTAINER_INTERFACE): folders in memory that it may write.
std::vector<oci::Mount> systemd_mounts(const ContainerConfig& config);

}  // namespace gantry::engine
