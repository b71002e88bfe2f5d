#pragma once

#include "base/result.hpp"
#include "engine/config.hpp"

#include <string>
#include <vector>

namespace gantry::engine {

/// What the container calls itself: as asked, else as the host with the host's network, else the beginning of its id.
Result<std::string> choose_hostname(const ContainerConfig& config, const std::string& id);

/// Writes /etc/hosts, /etc/hostname and, with a network, /etc/resolv.conf into `folder`: the mounts that put them into
/// the container. A file over which the user mounts something is left out.
Result<std::vector<Mount>> write_network_files(const ContainerConfig& config, const std::string& hostname,
                                               const std::string& name, const std::string& folder);

}  // namespace gantry::engine
