#pragma once

#include "options/command.hpp"

// The commands on containers that take more than the hot program `gantry` is linked with.

namespace gantry::container_cli {

using options::Command;

extern const Command kCommit, kCp, kExport, kVolume;

}  // namespace gantry::container_cli
