#pragma once

#include "base/json_options.hpp"
#include "base/result.hpp"
#include "linux/ip_address.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

// What a network is, as it is kept on disk and shown by `network inspect`: names and form are podman's.

namespace gantry::net {

using linux::IpAddress;
using linux::IpNetwork;

/// The part of a subnet from which containers get their addresses.
struct LeaseRange {
  std::optional<IpAddress> start_ip;  ///< none: the first of the subnet
  std::optional<IpAddress> end_ip;    ///< none: the last

  bool operator==(const LeaseRange&) const = default;
};
BOOST_DESCRIBE_STRUCT(LeaseRange, (), (start_ip, end_ip))
constexpr json::Options json_options(const LeaseRange*) { return {.style = json::Style::snake}; }

struct Subnet {
  IpNetwork subnet;                  ///< its host bits are 0
  std::optional<IpAddress> gateway;  ///< none in an internal network of macvlan or ipvlan
  std::optional<LeaseRange> lease_range;

  bool operator==(const Subnet&) const = default;
};
BOOST_DESCRIBE_STRUCT(Subnet, (), (subnet, gateway, lease_range))
constexpr json::Options json_options(const Subnet*) { return {.style = json::Style::snake, .required = {"subnet"}}; }

/// A further route of every container on a network.
struct StaticRoute {
  IpNetwork destination;
  IpAddress gateway;
  std::optional<std::uint32_t> metric;

  bool operator==(const StaticRoute&) const = default;
};
BOOST_DESCRIBE_STRUCT(StaticRoute, (), (destination, gateway, metric))
constexpr json::Options json_options(const StaticRoute*) {
  return {.style = json::Style::snake, .required = {"destination", "gateway"}};
}

enum class Driver { bridge, macvlan, ipvlan };
BOOST_DESCRIBE_ENUM(Driver, bridge, macvlan, ipvlan)

struct Network {
  std::string name;
  std::string id;  ///< 64 hex figures
  Driver driver = Driver::bridge;
  std::string network_interface;  ///< the bridge; of macvlan and ipvlan the host's device below, which may be empty
  std::string created;            ///< RFC 3339
  std::vector<Subnet> subnets;  ///< one of IPv4, one of IPv6, or several of each; a container gets one address of each
  std::vector<StaticRoute> routes;
  bool ipv6_enabled = false;
  bool internal = false;  ///< no way out of it, and none in
  bool dns_enabled = false;
  std::vector<std::string> network_dns_servers;  ///< asked by its containers for names that are none of theirs
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> options;  ///< see settings_of()
  std::map<std::string, std::string> ipam_options;

  bool operator==(const Network&) const = default;
};
BOOST_DESCRIBE_STRUCT(Network, (),
                      (name, id, driver, network_interface, created, subnets, routes, ipv6_enabled, internal,
                       dns_enabled, network_dns_servers, labels, options, ipam_options))
constexpr json::Options json_options(const Network*) {
  return {.style = json::Style::snake,
          .required = {"name", "id", "driver", "subnets", "ipv6_enabled", "internal", "dns_enabled", "options"}};
}

/// From which other bridges of ours a bridge is shut off.
enum class Isolation {
  open,    ///< "isolate=false"
  mutual,  ///< "isolate=true", the default: from all that are not open
  strict,  ///< "isolate=strict": from every other one
};

/// The options of a network, read.
struct NetworkSettings {
  std::uint32_t mtu = 0;   ///< 0: the kernel's, or that of the device below
  std::uint16_t vlan = 0;  ///< 0: none
  Isolation isolation = Isolation::mutual;
  std::string mode;                     ///< of macvlan: bridge, private, vepa, passthru; of ipvlan: l2, l3, l3s
  std::optional<std::uint32_t> metric;  ///< of the default route
  bool no_default_route = false;
};

/// Code::invalid for an option that the driver does not have, or a value that is none. Options: mtu, vlan, isolate,
/// mode, parent, metric, no_default_route, and docker's com.docker.network.* for the same.
Result<NetworkSettings> settings_of(const Network& network);

/// Letters, figures, '_', '.' and '-', a letter or figure first, as docker and podman have it.
Result<> check_network_name(std::string_view name);

/// Networks that one container can be on: their number is part of the devices' names.
inline constexpr std::size_t kMostAttachments = 100;
inline constexpr const char* kDefaultNetwork = "gantry";

}  // namespace gantry::net
