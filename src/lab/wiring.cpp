#include "lab/wiring.hpp"

#include "base/file.hpp"
#include "linux/netlink.hpp"
#include "net/route.hpp"

#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>

#include <cerrno>

namespace gantry::lab {

namespace {

using linux::NetlinkAttributes;
using linux::NetlinkMessages;
using linux::NetlinkSocket;

constexpr std::uint32_t kDefaultMtu = 9500;
/// What bridges and ends on the host are marked with, so that nothing else is ever removed.
constexpr const char* kMark = "gantry lab";

/// Where an end of a link comes to lie.
struct Place {
  const Endpoint& end;
  Fd space;
  std::string bridge;  ///< of which it becomes a port
  bool on_host = false;
};

Result<Place> place_of(const Topology& topology, const Endpoint& end, const SpaceOf& space_of) {
  const Node* node = topology.find(end.node);
  const bool on_host = node == nullptr || node->kind == NodeKind::bridge;
  Place place{.end = end, .on_host = on_host};
  place.space = on_host ? TRY(open_file("/proc/self/ns/net", O_RDONLY)) : TRY(space_of(end.node));
  if (node != nullptr && on_host) place.bridge = node->name;
  return place;
}

Result<NetlinkAttributes> attributes_of(const Place& place, std::uint32_t mtu) {
  NetlinkAttributes attributes;
  attributes.text(IFLA_IFNAME, place.end.interface).value(IFLA_NET_NS_FD, place.space.get()).value(IFLA_MTU, mtu);
  if (!place.end.mac.empty()) attributes.add(IFLA_ADDRESS, TRY(net::mac_bytes(place.end.mac)));
  return attributes;
}

Result<> make_pair(const Place& a, const Place& b, std::uint32_t mtu) {
  const ifinfomsg head{};
  NetlinkAttributes data, kind;
  const std::string peer =
      std::string(reinterpret_cast<const char*>(&head), sizeof head) + TRY(attributes_of(b, mtu)).bytes();
  data.add(VETH_INFO_PEER | NLA_F_NESTED, peer);
  kind.text(IFLA_INFO_KIND, "veth").nest(IFLA_INFO_DATA, data);
  NetlinkAttributes attributes = TRY(attributes_of(a, mtu));
  attributes.nest(IFLA_LINKINFO, kind);
  NetlinkMessages messages;
  messages.add(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, head, attributes,
               fmt::format("make the link {}:{} to {}:{}", a.end.node, a.end.interface, b.end.node, b.end.interface));
  return TRY(NetlinkSocket::open(NETLINK_ROUTE)).talk(std::move(messages));
}

Result<> change_link(const NetlinkSocket& socket, int index, const NetlinkAttributes& attributes,
                     std::string_view doing) {
  NetlinkMessages messages;
  messages.add(RTM_NEWLINK, 0, ifinfomsg{.ifi_index = index}, attributes, std::string(doing));
  return socket.talk(std::move(messages));
}

/// Addresses, bridge and mark, and up.
Result<> set_up(const Place& place) {
  const NetlinkSocket socket = TRY(NetlinkSocket::open_in(place.space, NETLINK_ROUTE));
  const auto device = TRY(net::find_link(socket, place.end.interface));
  if (!device) return fail(Code::failed, "the device {} of {} is gone", place.end.interface, place.end.node);
  NetlinkAttributes attributes;
  if (place.on_host) attributes.text(IFLA_IFALIAS, kMark);
  if (!place.bridge.empty()) {
    const auto bridge = TRY(net::find_link(socket, place.bridge));
    if (!bridge) return fail(Code::not_found, "the bridge {} is gone", place.bridge);
    attributes.value(IFLA_MASTER, bridge->index);
  }
  if (place.on_host) TRY(change_link(socket, device->index, attributes, fmt::format("set up {}", place.end.interface)));
  net::RouteChanges changes;
  for (const linux::IpNetwork& address : place.end.addresses) changes.add_address(device->index, address);
  changes.set_up(device->index);
  return socket.talk(changes.take());
}

Result<> remove_ours(const NetlinkSocket& socket, const std::string& name) {
  const auto device = TRY(net::find_link(socket, name));
  if (!device || device->alias != kMark) return {};
  net::RouteChanges changes;
  changes.remove_link(name);
  auto removed = socket.talk(changes.take());
  if (!removed && removed.error().os_error() == ENODEV) return {};
  return removed;
}

}  // namespace

Result<> make_bridge(const std::string& name) {
  const NetlinkSocket socket = TRY(NetlinkSocket::open(NETLINK_ROUTE));
  // As with Containerlab it may be somebody else's, who keeps it then.
  if (const auto there = TRY(net::find_link(socket, name))) {
    if (there->kind == "bridge") return {};
    return fail(Code::exists, "{} is a network device of this host, and no bridge", name)
        .with_cure("call the node otherwise");
  }
  NetlinkAttributes kind, attributes;
  kind.text(IFLA_INFO_KIND, "bridge");
  attributes.text(IFLA_IFNAME, name).nest(IFLA_LINKINFO, kind);
  NetlinkMessages messages;
  messages.add(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, ifinfomsg{.ifi_flags = IFF_UP, .ifi_change = IFF_UP}, attributes,
               fmt::format("make the bridge {}", name));
  TRY(socket.talk(std::move(messages)));
  const auto made = TRY(net::find_link(socket, name));
  if (!made) return fail(Code::failed, "the bridge {} is gone", name);
  NetlinkAttributes mark;
  mark.text(IFLA_IFALIAS, kMark);
  return change_link(socket, made->index, mark, fmt::format("mark the bridge {}", name));
}

Result<> make_link(const Topology& topology, const Link& link, const SpaceOf& space_of) {
  const Place a = TRY(place_of(topology, link.a, space_of));
  const Place b = TRY(place_of(topology, link.b, space_of));
  TRY(make_pair(a, b, link.mtu != 0 ? link.mtu : kDefaultMtu));
  TRY(set_up(a));
  return set_up(b);
}

Result<> remove_wiring(const Topology& topology) {
  const NetlinkSocket socket = TRY(NetlinkSocket::open(NETLINK_ROUTE));
  for (const Link& link : topology.links)
    for (const Endpoint* end : {&link.a, &link.b}) {
      const Node* node = topology.find(end->node);
      if (node == nullptr || node->kind == NodeKind::bridge) TRY(remove_ours(socket, end->interface));
    }
  for (const Node& node : topology.nodes)
    if (node.kind == NodeKind::bridge) TRY(remove_ours(socket, node.name));
  return {};
}

}  // namespace gantry::lab
