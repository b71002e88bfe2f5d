#pragma once

#include "options/command.hpp"

#include <string>

namespace gantry::options {

/// The page, in man(7), of the command that the call has reached: gantry-run(1) for `gantry run`.
std::string man_page(const Call& call);

}  // namespace gantry::options
