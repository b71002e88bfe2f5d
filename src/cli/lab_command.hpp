#pragma once

#include "options/command.hpp"

namespace gantry::cli {

/// `gantry lab`, with its commands.
extern const options::Command kLab;

}  // namespace gantry::cli
