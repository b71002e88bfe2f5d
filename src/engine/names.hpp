#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace gantry::engine {

/// A name for a container that was given none: "brisk_otter". There are some ten thousand.
std::string random_name();

/// Names that docker and podman accept: letters, figures, '_', '.' and '-', a letter or figure first.
/// `what` says whose name it is.
Result<> check_name(std::string_view name, std::string_view what = "container");

}  // namespace gantry::engine
