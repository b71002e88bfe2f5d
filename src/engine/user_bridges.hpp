#pragma once

#include "base/result.hpp"
#include "engine/config.hpp"
#include "engine/namespaces.hpp"
#include "engine/shared_space.hpp"
#include "engine/state.hpp"
#include "net/connections.hpp"
#include "net/network.hpp"

// Networks of bridges for an ordinary user: what is different from root's.

namespace gantry::engine {

/// Code::unsupported for what a container in the shared user namespace cannot have, and for a network that is none of
/// bridges.
Result<> check_user_bridges(const ContainerConfig& config);
Result<> check_is_bridge(const net::Network& network);

/// The container's user namespace is the shared one.
Result<> join_user_namespace(const SharedSpace& space, NamespaceUse& user);

/// A network namespace that belongs to the shared user namespace, with nothing in it.
Result<Fd> make_network_space(const SharedSpace& space);

/// Brings what a container has published into the shared space, when its rules are there, until take_ports().
Result<> bring_ports(const Engine::State& state, const std::string& id, const net::Connections& connections);
/// Fine when there are none.
Result<> take_ports(const Engine::State& state, const std::string& id);

/// What the firewall is told: in the shared space a published port comes by whatever address there is.
net::Connections rules_of(net::Connections connections);

}  // namespace gantry::engine
