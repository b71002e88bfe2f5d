#pragma once

#include <string_view>

namespace gantry {

/// Of the whole toolset: "0.1.0".
std::string_view version();

}  // namespace gantry
