#pragma once

#include "options/command.hpp"

// Commands about containers beyond the daily ones; program.cpp and container.cpp put them into the tree.

namespace gantry::cli {

extern const options::Command kContainerClone, kMount, kUnmount, kUpdate;

}  // namespace gantry::cli
