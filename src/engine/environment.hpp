#pragma once

#include <string>
#include <vector>

namespace gantry::engine {

/// Both lists of "NAME=value" in one; an entry of `over` replaces that of the same name in `base`, in its place.
std::vector<std::string> join_environment(std::vector<std::string> base, const std::vector<std::string>& over);

}  // namespace gantry::engine
