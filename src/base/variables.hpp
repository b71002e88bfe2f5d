#pragma once

#include <string>
#include <string_view>

// What the environment of this process says.

namespace gantry {

/// The value of a variable; empty as well when there is none.
std::string variable(const char* name);

/// The path of a program in the folders of $PATH, or in /usr/bin and /bin without it; empty: in none.
std::string find_in_path(std::string_view program);

}  // namespace gantry
