#pragma once

#include "engine/processes.hpp"

#include "base/result.hpp"

#include <string>
#include <vector>

namespace gantry::cli {

/// Prints processes as a table. `columns` are podman's descriptors or ps(1)'s codes, in one word or several; none:
/// those that `top` has by itself.
Result<int> print_processes(const std::vector<engine::ProcessInfo>& processes, const std::vector<std::string>& columns);

}  // namespace gantry::cli
