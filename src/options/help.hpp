#pragma once

#include "options/command.hpp"

#include <string>

namespace gantry::options {

/// What `--help` prints for the command that the call has reached; at most 80 columns.
std::string help_text(const Call& call);

/// Breaks text into lines of at most `width` columns, all but the first indented. The last line has no end.
std::string wrap(std::string_view text, std::size_t width, std::size_t indent);

/// "-e, --env NAME=VALUE", "    --rm".
std::string option_label(const Option& option);

}  // namespace gantry::options
