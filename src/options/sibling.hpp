#pragma once

#include "base/result.hpp"

#include <span>
#include <string>
#include <string_view>

namespace gantry::options {

/// The path of another program of this toolset: beside our own file, else in ../libexec/gantry.
Result<std::string> find_sibling(std::string_view program);

/// Becomes `program`, with our environment and the given argv; returns only when that fails.
Error exec_sibling(std::string_view program, std::span<char* const> argv);

}  // namespace gantry::options
