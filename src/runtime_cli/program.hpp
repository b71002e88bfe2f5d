#pragma once

#include <span>

namespace gantry::runtime_cli {

/// gantry-runtime's main(): its exit status.
int run_gantry_runtime(std::span<char* const> argv);

}  // namespace gantry::runtime_cli
