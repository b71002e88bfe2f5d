#pragma once

#include "engine/config.hpp"
#include "net/connections.hpp"

#include <boost/json/object.hpp>

#include <optional>

// The parts of `inspect` that are about networks, with the names that docker and podman have.

namespace gantry::engine {

/// HostConfig.PortBindings: as asked for.
boost::json::object port_bindings(const ContainerConfig& config);
/// NetworkSettings: what a running container has; empty values else.
boost::json::object network_settings(const ContainerConfig& config, const std::optional<net::Connections>& connections);

}  // namespace gantry::engine
