#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace gantry::cli {

/// "./data:/data:ro" with the source made absolute. A source that does not begin with '.' stays: it is a path that is
/// absolute, or a name.
Result<std::string> absolute_source(std::string_view volume);

}  // namespace gantry::cli
