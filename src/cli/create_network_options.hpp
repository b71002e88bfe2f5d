#pragma once

#include "engine/config.hpp"
#include "options/option.hpp"

#include <string>
#include <vector>

namespace gantry::cli {

/// The container's network.
struct CreateNetworkOptions {
  std::vector<std::string> networks;
  std::vector<std::string> ports, exposed;
  bool publish_all = false;
  std::string ip, ip6, mac;
  std::vector<std::string> aliases;
};

/// Without --network it is what the variable GANTRY_NETWORK says, else a bridge for root and pasta or the like for
/// others.
Result<> set_network(engine::ContainerConfig& config, const CreateNetworkOptions& options);

namespace create {

using N = CreateNetworkOptions;

inline constexpr options::Option kNetwork[] = {
    options::option<&N::networks>(0, "network", "NETWORK",
                                  "bridge, none, host, container:NAME, ns:PATH or a network's name, which may be "
                                  "followed by :ip=...,mac=...,alias=...; may be repeated")
        .also("net"),
    options::option<&N::ports>('p', "publish", "[[ADDRESS:]PORT:]PORT[/PROTOCOL]",
                               "Lead a port of the host to one of the container; ranges as in 8000-8009:80-89"),
    options::flag<&N::publish_all>('P', "publish-all", "Publish every exposed port at a free one of the host"),
    options::option<&N::exposed>(0, "expose", "PORT[/PROTOCOL]", "Say that the container listens on a port"),
    options::option<&N::ip>(0, "ip", "ADDRESS", "Address of IPv4 in the network"),
    options::option<&N::ip6>(0, "ip6", "ADDRESS", "Address of IPv6 in the network"),
    options::option<&N::mac>(0, "mac-address", "ADDRESS", "MAC address in the network"),
    options::option<&N::aliases>(0, "network-alias", "NAME", "A further name for others in the network"),
};

}  // namespace create

}  // namespace gantry::cli
