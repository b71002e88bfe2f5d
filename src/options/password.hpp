#pragma once

#include "base/result.hpp"

#include <string>

namespace gantry::options {

/// Asks on the terminal for what is empty of the two; the password is not shown. From standard input, its first line is
/// the password, and the user must be known. Code::invalid when there is nobody to ask.
Result<> ask_missing(std::string& user, std::string& password, bool password_stdin);

}  // namespace gantry::options
