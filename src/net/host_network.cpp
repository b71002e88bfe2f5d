#include "net/host_network.hpp"

#include "base/file.hpp"
#include "linux/netlink.hpp"
#include "net/route.hpp"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <cerrno>

namespace gantry::net {

using linux::NetlinkAttributes;
using linux::NetlinkMessages;
using linux::NetlinkSocket;

namespace {

/// Written on our bridges, so that nobody else's is taken for one.
std::string mark_of(const Network& network) { return "gantry network " + network.id; }

/// One that is down and not marked is just being made, by us or by another process of ours.
Result<> check_ours(const Network& network, const Link& link) {
  const bool in_the_making = !link.up && link.alias.empty();
  if (link.kind == "bridge" && (link.alias == mark_of(network) || in_the_making)) return {};
  return fail(Code::exists, "network '{}' needs the bridge {}, and there is a network device of that name already",
              network.name, link.name)
      .with_cure(fmt::format("remove it (ip link delete {}), or make the network anew with another --interface-name",
                             link.name));
}

/// One network on its way up. A bridge that is up is whole: that is the last step, so who dies before leaves one that
/// the next one finishes.
class BringUp {
 public:
  BringUp(const Network& network, const Firewall& firewall, const NetlinkSocket& socket)
      : network_(network), firewall_(firewall), socket_(socket) {}

  Result<> run() {
    settings_ = TRY(settings_of(network_));
    TRY(make_bridge());
    TRY(give_addresses());
    TRY(allow_forwarding());
    TRY(firewall_.add_network(network_));
    RouteChanges changes;
    changes.set_up(index_);
    return socket_.talk(changes.take());
  }

 private:
  Result<> make_bridge() {
    auto link = TRY(find_link(socket_, network_.network_interface));
    if (!link) {
      TRY(create());
      link = TRY(find_link(socket_, network_.network_interface));
    }
    if (!link) return fail(Code::busy, "the bridge {} was removed at this moment", network_.network_interface);
    TRY(check_ours(network_, *link));
    index_ = link->index;
    return {};
  }

  Result<> create() {
    NetlinkAttributes vlan, kind, attributes, mark;
    kind.text(IFLA_INFO_KIND, "bridge");
    // What comes without a tag, by the bridge itself and by every port that is made later, belongs to the VLAN.
    if (settings_.vlan != 0) {
      vlan.value<std::uint8_t>(IFLA_BR_VLAN_FILTERING, 1).value(IFLA_BR_VLAN_DEFAULT_PVID, settings_.vlan);
      kind.nest(IFLA_INFO_DATA, vlan);
    }
    attributes.text(IFLA_IFNAME, network_.network_interface);
    // Else it is the lowest one of the ports, and changes with them.
    if (!network_.subnets.empty() && network_.subnets[0].gateway)
      attributes.add(IFLA_ADDRESS, TRY(mac_bytes(mac_of(*network_.subnets[0].gateway))));
    if (settings_.mtu != 0) attributes.value(IFLA_MTU, settings_.mtu);
    attributes.nest(IFLA_LINKINFO, kind);
    // A device cannot be made with its alias.
    mark.text(IFLA_IFNAME, network_.network_interface).text(IFLA_IFALIAS, mark_of(network_));
    const std::string doing = fmt::format("make the bridge {}", network_.network_interface);
    NetlinkMessages messages;
    messages.add(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, ifinfomsg{}, attributes, doing);
    messages.add(RTM_SETLINK, 0, ifinfomsg{}, mark, doing);
    auto made = socket_.talk(std::move(messages));
    // Another process was first.
    if (!made && made.error().os_error() == EEXIST) return {};
    if (!made && settings_.vlan != 0 && made.error().os_error() == EOPNOTSUPP)
      return std::move(made.error())
          .with_code(Code::unsupported)
          .with_cure("this kernel's bridges know no VLAN: make the network without -o vlan");
    return made;
  }

  Result<> give_addresses() {
    RouteChanges changes;
    for (const Subnet& subnet : network_.subnets)
      if (subnet.gateway) changes.add_address(index_, {*subnet.gateway, subnet.subnet.length});
    auto given = socket_.talk(changes.take());
    // Without the protocol, or by disable_ipv6.
    const int problem = given ? 0 : given.error().os_error();
    if (network_.ipv6_enabled && (problem == EOPNOTSUPP || problem == EACCES))
      return std::move(given.error()).with_cure("this host has IPv6 switched off: make the network without it");
    return given;
  }

  Result<> set(const std::string& name, std::string_view value) {
    return with_context(write_value("/proc/sys/net/" + name, value), "let network '{}' through", network_.name);
  }

  Result<> allow_forwarding() {
    const std::string& bridge = network_.network_interface;
    // What 127.0.0.1 is asked for goes to containers; the firewall keeps others from coming to it this way.
    TRY(set("ipv4/conf/" + bridge + "/route_localnet", "1"));
    if (network_.internal) return {};
    TRY(set("ipv4/ip_forward", "1"));
    if (!network_.ipv6_enabled) return {};
    // A router that forwards ignores advertisements, by which the host may have its own route.
    best_effort(set("ipv6/conf/" + bridge + "/accept_ra", "0"));
    return set("ipv6/conf/all/forwarding", "1");
  }

  const Network& network_;
  const Firewall& firewall_;
  const NetlinkSocket& socket_;
  NetworkSettings settings_;
  int index_ = 0;
};

}  // namespace

Result<bool> is_up(const Network& network) {
  if (network.driver != Driver::bridge) return true;
  const NetlinkSocket socket = TRY(NetlinkSocket::open(NETLINK_ROUTE));
  const auto link = TRY(find_link(socket, network.network_interface));
  if (!link) return false;
  TRY(check_ours(network, *link));
  return link->up;
}

Result<> bring_up(const Network& network, const Firewall& firewall) {
  if (TRY(is_up(network))) return {};
  const NetlinkSocket socket = TRY(NetlinkSocket::open(NETLINK_ROUTE));
  return with_context(BringUp(network, firewall, socket).run(), "network '{}'", network.name);
}

Result<> take_down(const Network& network, const Firewall& firewall) {
  if (network.driver != Driver::bridge) return {};
  const NetlinkSocket socket = TRY(NetlinkSocket::open(NETLINK_ROUTE));
  if (const auto link = TRY(find_link(socket, network.network_interface)); link && check_ours(network, *link)) {
    RouteChanges changes;
    changes.remove_link(link->name);
    auto removed = socket.talk(changes.take());
    if (!removed && removed.error().os_error() != ENODEV) return removed;
  }
  return firewall.remove_network(network);
}

}  // namespace gantry::net
