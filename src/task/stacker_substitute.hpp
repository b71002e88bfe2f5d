#pragma once

#include "base/result.hpp"

#include <map>
#include <string>
#include <string_view>

namespace gantry::task {

/// The text of a stacker.yaml with its substitutions made. Code::invalid for `${{NAME}}` without value and default.
Result<std::string> substitute_stacker(std::string_view text, std::string_view file,
                                       const std::map<std::string, std::string>& substitutions);

}  // namespace gantry::task
