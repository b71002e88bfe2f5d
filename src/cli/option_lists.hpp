#pragma once

#include "base/result.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::cli {

/// The items of an option that podman also takes with commas between.
std::vector<std::string> split_at_commas(const std::vector<std::string>& words);

/// "NAME=VALUE" words, or "NAME" for an empty value; the error names the option.
Result<std::map<std::string, std::string>> read_pairs(const std::vector<std::string>& words, std::string_view option);

}  // namespace gantry::cli
