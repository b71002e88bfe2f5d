#pragma once

#include "base/result.hpp"

#include <string_view>

namespace gantry::cli {

/// Says what will happen and asks whether to go on, on standard input; anything but "y" or "yes" is no.
Result<bool> confirmed(std::string_view warning);

}  // namespace gantry::cli
