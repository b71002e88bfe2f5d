#pragma once

#include "base/result.hpp"

#include <string>
#include <utility>
#include <vector>

namespace gantry::cli {

/// The words of --filter, "KEY=VALUE" each.
using Filters = std::vector<std::pair<std::string, std::string>>;
Result<Filters> read_filters(const std::vector<std::string>& words);

}  // namespace gantry::cli
