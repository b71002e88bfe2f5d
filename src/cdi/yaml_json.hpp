#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace gantry::cdi {

/// One YAML document as JSON: plain scalars that read as numbers, true, false or null are these (yaml.org/spec/1.2.2,
/// "Core Schema"), all others are strings. Code::invalid for several documents, Code::unsupported for an alias.
Result<std::string> json_of_yaml(std::string_view text, std::string_view name);

}  // namespace gantry::cdi
