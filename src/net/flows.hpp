#pragma once

#include "net/connections.hpp"

#include <span>

namespace gantry::net {

/// Makes the kernel forget which way datagrams to these ports go (their entries in conntrack). A flow is translated as
/// its first packet was: who keeps sending from one port would go on to miss a container that has come since, and to
/// hit the next one with the address of a container that has gone. Streams end by themselves.
Result<> forget_flows(std::span<const PublishedPort> ports);

}  // namespace gantry::net
