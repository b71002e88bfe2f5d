#pragma once

#include "base/result.hpp"

#include <string_view>

namespace gantry::options {

/// Writes all of it to standard output.
Result<> print(std::string_view text);
/// The same for standard error.
Result<> print_error(std::string_view text);

}  // namespace gantry::options
