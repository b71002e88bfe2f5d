#pragma once

#include <string>
#include <vector>

namespace gantry::cli {

/// The items of an option that podman also takes with commas between.
std::vector<std::string> split_at_commas(const std::vector<std::string>& words);

}  // namespace gantry::cli
