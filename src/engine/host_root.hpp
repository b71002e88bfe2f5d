#pragma once

#include "base/result.hpp"
#include "engine/config.hpp"

#include <string>
#include <vector>

namespace gantry::engine {

/// Fills an empty folder as the root of a container that runs off the host's own /usr: the links /bin, /lib, … that the
/// host has, an /etc of its own with root and nobody as users, and the usual empty folders.
Result<> make_host_root(const std::string& folder);

/// What such a root has from the host, read-only: /usr, and of /etc what programs need to be found and to speak TLS.
std::vector<Mount> host_root_mounts();

}  // namespace gantry::engine
