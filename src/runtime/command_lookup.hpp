#pragma once

#include "base/result.hpp"
#include "oci/runtime_spec.hpp"

#include <string>

namespace gantry::runtime {

// Both run inside the container's root, as the container's user.

/// The path of args[0], looked up in the PATH of the process's environment unless it holds a slash. Code::no_command
/// or Code::not_executable.
Result<std::string> find_command(const oci::Process& process);

/// Adds HOME to the environment when it is missing: from the container's /etc/passwd, else "/".
Result<> add_home(oci::Process& process);

}  // namespace gantry::runtime
