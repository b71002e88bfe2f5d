#pragma once

#include "linux/ip_address.hpp"
#include "linux/netlink.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What is asked of rtnetlink(7), in this library's words.

namespace gantry::net {

using linux::IpAddress;
using linux::IpNetwork;

/// As it stands in messages to the kernel; of `address` itself.
std::string_view bytes_of(const IpAddress& address);

/// A network device.
struct Link {
  int index = 0;
  std::string name;
  std::string kind;   ///< "bridge", "veth", "macvlan"; empty for hardware and loopback
  std::string alias;  ///< what somebody has written about it
  std::string mac;
  bool up = false;
  std::uint32_t mtu = 0;
  int master = 0;  ///< index of the bridge that it is a port of
  std::uint64_t received_bytes = 0, received_packets = 0;
  std::uint64_t sent_bytes = 0, sent_packets = 0;
};

/// Nothing when there is none of that name.
Result<std::optional<Link>> find_link(const linux::NetlinkSocket& socket, std::string_view name);
Result<std::vector<Link>> list_links(const linux::NetlinkSocket& socket);

/// Of the caller's network namespace.
Result<std::vector<std::string>> host_interfaces();
/// Destinations of all routes but default, local and multicast ones.
Result<std::vector<IpNetwork>> host_routes();
/// The device of the default route; Code::not_found without one.
Result<std::string> default_device();

/// "02:67:0a:40:00:02" as its six bytes; Code::invalid.
Result<std::string> mac_bytes(std::string_view text);
std::string mac_text(std::string_view bytes);
/// The one that we give to who has this address: no two in a network are the same.
std::string mac_of(const IpAddress& address);

/// Messages that change devices, addresses and routes, to be sent together.
class RouteChanges {
 public:
  void set_up(int index);
  void add_address(int index, const IpNetwork& address);
  void add_route(int index, const std::optional<IpNetwork>& destination, const IpAddress& gateway,
                 std::optional<std::uint32_t> metric);
  void remove_link(std::string_view name);
  linux::NetlinkMessages take() { return std::move(messages_); }

 private:
  linux::NetlinkMessages messages_;
};

}  // namespace gantry::net
