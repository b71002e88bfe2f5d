#include "net/attach.hpp"

#include "base/file.hpp"
#include "net/route.hpp"

#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>

#include <cerrno>

namespace gantry::net {

using linux::NetlinkAttributes;
using linux::NetlinkMessages;
using linux::NetlinkSocket;

namespace {

constexpr int kLoopback = 1;  // its index in every network namespace
/// Of the first network's default route; the others follow it, so that they are the way out when it has none.
constexpr std::uint32_t kFirstMetric = 100;
constexpr std::size_t kIdFigures = 8;

/// Takes back what plan_attachment() has taken when it fails.
class Taking {
 public:
  Taking(const Network& network, const Leases& leases, std::string_view owner)
      : network_(network), leases_(leases), owner_(owner) {}
  ~Taking() {
    for (const AttachedAddress& one : taken_)
      best_effort(leases_.give_back(network_.name, one.address.address, owner_));
  }

  Result<> take(const Subnet& subnet, const std::optional<IpAddress>& wanted) {
    IpAddress address;
    if (wanted) {
      TRY(leases_.take(network_, subnet, *wanted, owner_));
      address = *wanted;
    } else {
      address = TRY(leases_.take(network_, subnet, owner_));
    }
    taken_.push_back({{address, subnet.subnet.length}, network_.internal ? std::nullopt : subnet.gateway});
    return {};
  }

  std::vector<AttachedAddress> keep() { return std::exchange(taken_, {}); }

 private:
  const Network& network_;
  const Leases& leases_;
  std::string_view owner_;
  std::vector<AttachedAddress> taken_;
};

/// The subnet in which a wished-for address is.
Result<> check_wish(const Network& network, const std::optional<IpAddress>& wanted) {
  if (!wanted) return {};
  for (const Subnet& subnet : network.subnets)
    if (subnet.subnet.address.v6 == wanted->v6 && subnet.subnet.contains(*wanted)) return {};
  return fail(Code::invalid, "network '{}' has no subnet with the address {}", network.name, wanted->text())
      .with_cure(fmt::format("`gantry network inspect {}` shows its subnets", network.name));
}

std::optional<IpAddress> wish_in(const Subnet& subnet, const Wish& wish) {
  const auto& wanted = subnet.subnet.address.v6 ? wish.ip6 : wish.ip;
  return wanted && subnet.subnet.contains(*wanted) ? wanted : std::nullopt;
}

/// A container gets one address of each family; with several subnets of one, that of the first which has one left, or
/// that in which the wished-for one is.
Result<> take_of_family(const Network& network, const Wish& wish, bool v6, Taking& taking) {
  std::optional<Error> problem;
  for (const Subnet& subnet : network.subnets) {
    if (subnet.subnet.address.v6 != v6) continue;
    const auto wanted = wish_in(subnet, wish);
    if ((v6 ? wish.ip6 : wish.ip) && !wanted) continue;
    auto taken = taking.take(subnet, wanted);
    if (taken || taken.error().code() != Code::no_space) return taken;
    problem = std::move(taken.error());
  }
  if (problem) return std::move(*problem);
  return {};
}

NetlinkAttributes end_of_pair(const Attachment& attachment, const Fd& space, const NetworkSettings& settings) {
  NetlinkAttributes peer;
  peer.text(IFLA_IFNAME, attachment.interface).value(IFLA_NET_NS_FD, space.get());
  if (auto mac = mac_bytes(attachment.mac)) peer.add(IFLA_ADDRESS, *mac);
  if (settings.mtu != 0) peer.value(IFLA_MTU, settings.mtu);
  return peer;
}

/// Both ends in one message: in their places, and the host's up and on the bridge.
Result<> make_pair(const Network& network, const NetworkSettings& settings, const Attachment& attachment,
                   const Fd& space, const NetlinkSocket& host) {
  const auto bridge = TRY(find_link(host, attachment.bridge));
  if (!bridge)
    return fail(Code::not_found, "the bridge {} of network '{}' is gone", attachment.bridge, network.name)
        .with_cure("gantry network reload");
  constexpr ifinfomsg kUp{.ifi_flags = IFF_UP, .ifi_change = IFF_UP};
  // It cannot be up before the two are connected (ENOTCONN).
  constexpr ifinfomsg kPeer{};
  const std::string peer_bytes = std::string(reinterpret_cast<const char*>(&kPeer), sizeof kPeer) +
                                 end_of_pair(attachment, space, settings).bytes();
  NetlinkAttributes data, kind, attributes;
  data.add(VETH_INFO_PEER | NLA_F_NESTED, peer_bytes);
  kind.text(IFLA_INFO_KIND, "veth").nest(IFLA_INFO_DATA, data);
  attributes.text(IFLA_IFNAME, attachment.host_interface).value(IFLA_MASTER, bridge->index);
  attributes.value(IFLA_MTU, settings.mtu != 0 ? settings.mtu : bridge->mtu).nest(IFLA_LINKINFO, kind);
  NetlinkMessages messages;
  messages.add(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, kUp, attributes,
               fmt::format("make the pair of {} and {}", attachment.host_interface, attachment.interface));
  // Where br_netfilter is on, what a container sends to a port that it publishes itself goes back by the port of the
  // bridge that it came from.
  NetlinkAttributes port, slave, changes;
  port.value<std::uint8_t>(IFLA_BRPORT_MODE, 1);
  slave.text(IFLA_INFO_SLAVE_KIND, "bridge").nest(IFLA_INFO_SLAVE_DATA, port);
  changes.text(IFLA_IFNAME, attachment.host_interface).nest(IFLA_LINKINFO, slave);
  messages.add(RTM_NEWLINK, 0, ifinfomsg{}, changes,
               fmt::format("let {} send back what comes by it", attachment.host_interface));
  return host.talk(std::move(messages));
}

std::uint32_t macvlan_mode(std::string_view mode) {
  if (mode == "private") return MACVLAN_MODE_PRIVATE;
  if (mode == "vepa") return MACVLAN_MODE_VEPA;
  if (mode == "passthru") return MACVLAN_MODE_PASSTHRU;
  return MACVLAN_MODE_BRIDGE;
}

std::uint16_t ipvlan_mode(std::string_view mode) {
  if (mode == "l3") return IPVLAN_MODE_L3;
  if (mode == "l3s") return IPVLAN_MODE_L3S;
  return IPVLAN_MODE_L2;
}

/// A device of the container's own on one of the host's.
Result<> make_on_device(const Network& network, const NetworkSettings& settings, const Attachment& attachment,
                        const Fd& space, const NetlinkSocket& host) {
  const std::string device = network.network_interface.empty() ? TRY(default_device()) : network.network_interface;
  const auto parent = TRY(find_link(host, device));
  if (!parent) return fail(Code::not_found, "network '{}' is on the device {}, which is gone", network.name, device);
  NetlinkAttributes data, kind, attributes;
  const bool is_macvlan = network.driver == Driver::macvlan;
  if (is_macvlan) data.value(IFLA_MACVLAN_MODE, macvlan_mode(settings.mode));
  else data.value(IFLA_IPVLAN_MODE, ipvlan_mode(settings.mode));
  kind.text(IFLA_INFO_KIND, is_macvlan ? "macvlan" : "ipvlan").nest(IFLA_INFO_DATA, data);
  attributes.text(IFLA_IFNAME, attachment.interface).value(IFLA_LINK, parent->index);
  attributes.value(IFLA_NET_NS_FD, space.get()).value(IFLA_MTU, settings.mtu != 0 ? settings.mtu : parent->mtu);
  if (is_macvlan) attributes.add(IFLA_ADDRESS, TRY(mac_bytes(attachment.mac)));
  attributes.nest(IFLA_LINKINFO, kind);
  NetlinkMessages messages;
  messages.add(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, ifinfomsg{}, attributes,
               fmt::format("make a {} device on {}", is_macvlan ? "macvlan" : "ipvlan", device));
  auto made = host.talk(std::move(messages));
  if (!made && made.error().os_error() == EOPNOTSUPP)
    return std::move(made.error())
        .with_code(Code::unsupported)
        .with_cure(
            fmt::format("this kernel has no {}: use a network of another driver", is_macvlan ? "macvlan" : "ipvlan"));
  return made;
}

/// Addresses and routes, once the device is there.
Result<> set_up_inside(const Network& network, const NetworkSettings& settings, const Attachment& attachment,
                       const NetlinkSocket& inside, unsigned index) {
  const auto device = TRY(find_link(inside, attachment.interface));
  if (!device) return fail(Code::failed, "the network device {} is gone", attachment.interface);
  RouteChanges changes;
  changes.set_up(kLoopback);
  for (const AttachedAddress& one : attachment.addresses) changes.add_address(device->index, one.address);
  changes.set_up(device->index);
  for (const AttachedAddress& one : attachment.addresses)
    if (one.gateway && !settings.no_default_route)
      changes.add_route(device->index, std::nullopt, *one.gateway, settings.metric.value_or(kFirstMetric + index));
  for (const StaticRoute& route : network.routes)
    changes.add_route(device->index, route.destination, route.gateway, route.metric);
  return inside.talk(changes.take());
}

}  // namespace

Result<Attachment> plan_attachment(const Network& network, const Wish& wish, const Leases& leases,
                                   std::string_view owner, unsigned index) {
  TRY(check_wish(network, wish.ip));
  TRY(check_wish(network, wish.ip6));
  Attachment attachment{.network = network.name, .network_id = network.id, .aliases = wish.aliases};
  attachment.interface = wish.interface.empty() ? fmt::format("eth{}", index) : wish.interface;
  if (!wish.mac.empty()) attachment.mac = mac_text(TRY(mac_bytes(wish.mac)));
  Taking taking(network, leases, owner);
  TRY(take_of_family(network, wish, false, taking));
  TRY(take_of_family(network, wish, true, taking));
  attachment.addresses = taking.keep();
  if (network.driver == Driver::ipvlan) attachment.mac.clear();
  else if (attachment.mac.empty() && !attachment.addresses.empty())
    attachment.mac = mac_of(attachment.addresses[0].address.address);
  if (network.driver != Driver::bridge) return attachment;
  attachment.bridge = network.network_interface;
  attachment.host_interface = fmt::format("veth{}-{}", owner.substr(0, kIdFigures), index);
  return attachment;
}

Result<> attach(const Network& network, const Attachment& attachment, const Fd& space, unsigned index) {
  const NetworkSettings settings = TRY(settings_of(network));
  const NetlinkSocket host = TRY(NetlinkSocket::open(NETLINK_ROUTE));
  const NetlinkSocket inside = TRY(NetlinkSocket::open_in(space, NETLINK_ROUTE));
  auto attached = network.driver == Driver::bridge ? make_pair(network, settings, attachment, space, host)
                                                   : make_on_device(network, settings, attachment, space, host);
  if (attached) attached = set_up_inside(network, settings, attachment, inside, index);
  return with_context(std::move(attached), "network '{}'", network.name);
}

Result<> detach(const Attachment& attachment, const Fd& space) {
  const NetlinkSocket inside = TRY(NetlinkSocket::open_in(space, NETLINK_ROUTE));
  RouteChanges changes;
  changes.remove_link(attachment.interface);
  auto removed = inside.talk(changes.take());
  if (!removed && removed.error().os_error() == ENODEV) return {};
  return removed;
}

Result<> bring_loopback_up(const Fd& space) {
  const NetlinkSocket inside = TRY(NetlinkSocket::open_in(space, NETLINK_ROUTE));
  RouteChanges changes;
  changes.set_up(kLoopback);
  return inside.talk(changes.take());
}

}  // namespace gantry::net
