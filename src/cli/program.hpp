#pragma once

#include <span>

namespace gantry::cli {

/// `gantry`: runs the command that argv names and returns the process's exit status.
int run_gantry(std::span<char* const> argv);

}  // namespace gantry::cli
