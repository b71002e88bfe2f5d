#pragma once

#include "net/network.hpp"

#include <string>
#include <vector>

// A container on its networks, as it is kept in <run folder>/network.json until it ends.

namespace gantry::net {

/// An address of a container, with the length of its subnet.
struct AttachedAddress {
  IpNetwork address;
  std::optional<IpAddress> gateway;  ///< none: the subnet has no way out

  bool operator==(const AttachedAddress&) const = default;
};
BOOST_DESCRIBE_STRUCT(AttachedAddress, (), (address, gateway))

/// A container on one network.
struct Attachment {
  std::string network;
  std::string network_id;
  std::string bridge;          ///< on the host; empty for macvlan and ipvlan
  std::string interface;       ///< in the container: "eth0"
  std::string host_interface;  ///< the other end of the veth pair; empty for macvlan and ipvlan
  std::string mac;             ///< "02:67:0a:40:00:02"; of ipvlan that of the device below, and empty here
  std::vector<AttachedAddress> addresses;
  std::vector<std::string> aliases;  ///< further names in the network's DNS

  bool operator==(const Attachment&) const = default;
};
BOOST_DESCRIBE_STRUCT(Attachment, (), (network, network_id, bridge, interface, host_interface, mac, addresses, aliases))

/// Ports of the host that lead to those of a container.
struct PublishedPort {
  std::optional<IpAddress> host_ip;  ///< none: every address of the host
  std::uint16_t host_port = 0;       ///< the first; 0 in a wish: any that is free
  std::uint16_t container_port = 0;
  std::uint16_t count = 1;       ///< how many, one after another
  std::string protocol = "tcp";  ///< "tcp", "udp" or "sctp"

  bool operator==(const PublishedPort&) const = default;
};
BOOST_DESCRIBE_STRUCT(PublishedPort, (), (host_ip, host_port, container_port, count, protocol))

struct Connections {
  std::vector<Attachment> attachments;
  std::vector<PublishedPort> ports;

  bool operator==(const Connections&) const = default;
};
BOOST_DESCRIBE_STRUCT(Connections, (), (attachments, ports))

constexpr json::Options json_options(const AttachedAddress*) { return {.style = json::Style::snake}; }
constexpr json::Options json_options(const Attachment*) { return {.style = json::Style::snake}; }
constexpr json::Options json_options(const PublishedPort*) { return {.style = json::Style::snake}; }
constexpr json::Options json_options(const Connections*) { return {.style = json::Style::snake}; }

}  // namespace gantry::net
