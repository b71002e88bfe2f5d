#pragma once

#include "base/result.hpp"
#include "engine/config_network.hpp"

#include <string_view>

// Option values about networks as docker and podman write them. Each error names the value and the form that is
// expected.

namespace gantry::engine {

/// "--network none | host | bridge | container:NAME | ns:PATH | NETWORK", and after a network's name
/// ":ip=…,ip6=…,mac=…,alias=…,interface_name=…". A second network is one more that the container is attached to.
Result<> add_network(NetworkConfig& config, std::string_view word);
/// "-p [[ADDRESS:][PORT[-LAST]]:]PORT[-LAST][/tcp|udp|sctp]", an IPv6 ADDRESS in brackets.
Result<PortMapping> parse_publish(std::string_view text);
/// "--expose PORT[-LAST][/tcp|udp|sctp]"; of the result the container's part counts.
Result<PortMapping> parse_exposed(std::string_view text);
/// That the parts fit together: modes, published ports, wished-for addresses.
Result<> check_network(const NetworkConfig& config);

}  // namespace gantry::engine
