#pragma once

#include "options/command.hpp"
#include "options/globals.hpp"

// The commands about images wherever they are, one file each.

namespace gantry::image_cli {

using options::Command;
using options::Globals;

// that change images
extern const Command kConfig;

}  // namespace gantry::image_cli
