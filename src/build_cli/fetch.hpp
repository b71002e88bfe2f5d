#pragma once

#include "build/bases.hpp"
#include "options/globals.hpp"

namespace gantry::build_cli {

/// Brings base images into the store by gantry-transfer.
build::Bases::Fetch fetcher(const options::Globals& globals, const options::Folders& folders);

}  // namespace gantry::build_cli
