#pragma once

#include "base/result.hpp"

#include <string>

// Published ports that come into a network namespace by devices of their own, one for each container that publishes:
// pasta gives the namespace what callers send, with their addresses, and answers must go back by the device by which a
// connection came. Connections carry its number as their mark, which picks a table of routes.

namespace gantry::net {

/// What the names of such devices begin with.
inline constexpr const char* kPortDevice = "ports";
/// What their ports are for, whichever device it is: link-local, so that it hides nobody.
inline constexpr const char* kPortAddress = "169.254.77.2";

/// Has connections of such devices marked, in the caller's network namespace. Once.
Result<> mark_port_paths();
/// Sets up one that is there, in the caller's network namespace.
Result<> add_port_path(const std::string& device);
/// Before it goes; fine when it is gone.
Result<> remove_port_path(const std::string& device);

}  // namespace gantry::net
