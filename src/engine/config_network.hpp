#pragma once

#include "base/json_options.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace gantry::engine {

/// A network that the container is attached to.
struct NetworkAttachment {
  std::string name;  ///< of the network
  std::string ip;    ///< wished-for addresses; empty: the next free one
  std::string ip6;
  std::string mac;
  std::string interface;  ///< name inside; empty: the next free eth0, eth1, …
  std::vector<std::string> aliases;

  bool operator==(const NetworkAttachment&) const = default;
};
BOOST_DESCRIBE_STRUCT(NetworkAttachment, (), (name, ip, ip6, mac, interface, aliases))

/// Ports of the host that lead to ports of the container.
struct PortMapping {
  std::string host_ip;          ///< empty: every address
  std::uint16_t host_port = 0;  ///< 0: a free one
  std::uint16_t container_port = 0;
  std::uint16_t count = 1;       ///< so many from these two on
  std::string protocol = "tcp";  ///< "tcp", "udp", "sctp"

  bool operator==(const PortMapping&) const = default;
};
BOOST_DESCRIBE_STRUCT(PortMapping, (), (host_ip, host_port, container_port, count, protocol))
constexpr json::Options json_options(const PortMapping*) { return {.style = json::Style::snake}; }

struct NetworkConfig {
  /// "none", "host", "bridge" (then `networks` says which), "container:ID", "ns:PATH", "pasta", "slirp4netns".
  std::string network = "none";
  std::vector<std::string> network_options;  ///< of the mode: what followed "pasta:" or "slirp4netns:"
  std::vector<NetworkAttachment> networks;
  std::vector<PortMapping> ports;
  bool publish_all = false;
  std::vector<std::string> expose;  ///< "80", "8000-8010/udp"
  std::vector<std::string> dns;     ///< addresses; empty: the host's; "none": leave resolv.conf alone
  std::vector<std::string> dns_search;
  std::vector<std::string> dns_options;
  std::vector<std::string> add_hosts;  ///< "NAME[;NAME…]:ADDRESS", the address also "host-gateway"
  std::string hosts_file;              ///< what /etc/hosts begins with: absolute path, "image", "none"; empty: ours
  bool no_hosts = false;               ///< leave /etc/hosts as the image has it
  bool no_hostname = false;            ///< leave /etc/hostname as the image has it
  bool no_resolv = false;              ///< leave /etc/resolv.conf as the image has it

  bool operator==(const NetworkConfig&) const = default;
};
BOOST_DESCRIBE_STRUCT(NetworkConfig, (),
                      (network, network_options, networks, ports, publish_all, expose, dns, dns_search, dns_options,
                       add_hosts, hosts_file, no_hosts, no_hostname, no_resolv))

}  // namespace gantry::engine
