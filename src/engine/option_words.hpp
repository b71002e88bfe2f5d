#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

// What values of options are made of.

namespace gantry::engine {

/// `path` without needless parts, if it is absolute; `what` it is and the `whole` value are for the error.
Result<std::string> absolute(std::string_view path, std::string_view what, std::string_view whole);
/// Of a word that says yes by being there.
bool is_true(std::string_view value);

}  // namespace gantry::engine
