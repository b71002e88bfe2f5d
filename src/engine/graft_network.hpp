#pragma once

#include "base/result.hpp"
#include "engine/config.hpp"
#include "net/connections.hpp"
#include "net/ports.hpp"
#include "oci/runtime_spec.hpp"

#include <string>
#include <vector>

// --network graft: a network namespace with nothing but its loopback device, in which programs that listen on a
// published port get the host's socket.

namespace gantry::engine {

inline constexpr const char* kGraft = "graft";

/// Code::unsupported for what would let the container do more with such sockets than answer.
Result<> check_graft(const ContainerConfig& config);
/// Has listen(2) asked for, and closes the ways by which a socket of the host could be turned around to call others.
Result<> add_graft(oci::Spec& spec, const std::string& folder);
/// Starts the agent that answers, with the sockets of `held`. It ends with the container's last process.
Result<> start_graft(const std::vector<net::PublishedPort>& ports, net::HeldPorts held, const std::string& folder);
/// Ends it where that has not happened yet, and waits: its ports are free then.
Result<> stop_graft(const std::string& folder);

}  // namespace gantry::engine
