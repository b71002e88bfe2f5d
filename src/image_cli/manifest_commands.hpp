#pragma once

#include "image_cli/commands.hpp"

namespace gantry::image_cli {

// What `gantry manifest` has.
extern const Command kManifestAdd, kManifestAnnotate, kManifestCreate, kManifestExists, kManifestInspect, kManifestPush,
    kManifestRemove, kManifestRm;

}  // namespace gantry::image_cli
