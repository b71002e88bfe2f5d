#pragma once

#include "base/result.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace gantry::cli {

/// The words of --filter, "KEY=VALUE" each.
using Filters = std::vector<std::pair<std::string, std::string>>;
Result<Filters> read_filters(const std::vector<std::string>& words);

/// Whether a value of `label`, "name" or "name=value", holds.
bool has_label(const std::map<std::string, std::string>& labels, const std::string& wanted);

}  // namespace gantry::cli
