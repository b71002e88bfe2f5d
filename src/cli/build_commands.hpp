#pragma once

#include "options/command.hpp"

// What gantry-build answers.

namespace gantry::cli {

extern const options::Command kBinfmt, kBuild, kBuilder, kTask;

}  // namespace gantry::cli
