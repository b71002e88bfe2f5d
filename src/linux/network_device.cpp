#include "linux/network_device.hpp"

#include "base/id.hpp"
#include "linux/netlink.hpp"

#include <linux/rtnetlink.h>
#include <net/if.h>

#include <vector>

namespace gantry::linux {

namespace {

struct Link {
  int index = 0;
  std::string name;
  bool up = false;
};

std::string_view attributes_of(const nlmsghdr& message, std::size_t body) {
  return {reinterpret_cast<const char*>(&message) + NLMSG_SPACE(body), message.nlmsg_len - NLMSG_SPACE(body)};
}

Result<> ask(const NetlinkSocket& socket, std::uint16_t type, std::uint16_t flags, const ifinfomsg& body,
             const NetlinkAttributes& attributes, std::string doing, const NetlinkSocket::Visit& visit = {}) {
  NetlinkMessages messages;
  messages.add(type, flags, body, attributes, std::move(doing));
  return socket.talk(std::move(messages), visit);
}

/// Of a device by its name, or by its index when there is no name.
Result<Link> find_link(const NetlinkSocket& socket, const std::string& name, int index = 0) {
  NetlinkAttributes attributes;
  if (!name.empty()) attributes.text(IFLA_IFNAME, name);
  Link link;
  TRY(ask(socket, RTM_GETLINK, 0, {.ifi_index = index}, attributes, fmt::format("find network device {}", name),
          [&](const nlmsghdr& message) {
            const auto* found = static_cast<const ifinfomsg*>(NLMSG_DATA(&message));
            link.index = found->ifi_index;
            link.up = (found->ifi_flags & IFF_UP) != 0;
            for_each_attribute(attributes_of(message, sizeof *found),
                               [&](std::uint16_t type, std::string_view content) {
                                 if (type == IFLA_IFNAME) link.name = attribute_text(content);
                               });
          }));
  return link;
}

/// An address with the attributes that matter on another device too.
struct Address {
  ifaddrmsg head;
  NetlinkAttributes attributes;
};

Result<std::vector<Address>> permanent_addresses(const NetlinkSocket& socket, int index) {
  std::vector<Address> found;
  NetlinkMessages messages;
  messages.add(RTM_GETADDR, NLM_F_DUMP, ifaddrmsg{}, {}, "list addresses");
  TRY(socket.talk(std::move(messages), [&](const nlmsghdr& message) {
    Address address{*static_cast<const ifaddrmsg*>(NLMSG_DATA(&message)), {}};
    std::uint32_t flags = address.head.ifa_flags;
    for_each_attribute(attributes_of(message, sizeof address.head), [&](std::uint16_t type, std::string_view content) {
      if (type == IFA_FLAGS) flags = attribute_value<std::uint32_t>(content);
      else if (type != IFA_LABEL && type != IFA_CACHEINFO) address.attributes.add(type, content);
    });
    bool is_global = address.head.ifa_scope == RT_SCOPE_UNIVERSE && (flags & IFA_F_PERMANENT) != 0;
    if (!is_global || address.head.ifa_index != static_cast<unsigned>(index)) return;
    address.attributes.value(IFA_FLAGS, flags & ~unsigned{IFA_F_TENTATIVE | IFA_F_DADFAILED});
    found.push_back(std::move(address));
  }));
  return found;
}

Result<> add_address(const NetlinkSocket& socket, int index, Address address) {
  address.head.ifa_index = static_cast<unsigned>(index);
  NetlinkMessages messages;
  messages.add(RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, address.head, address.attributes,
               "give the device its address again");
  return socket.talk(std::move(messages));
}

Result<> send_away(const NetlinkSocket& socket, int index, const Fd& to, const std::string& name) {
  NetlinkAttributes attributes;
  attributes.value(IFLA_NET_NS_FD, to.get()).text(IFLA_IFNAME, name);
  return ask(socket, RTM_SETLINK, 0, {.ifi_index = index}, attributes, "move the device");
}

Result<> rename(const NetlinkSocket& socket, int index, const std::string& name) {
  NetlinkAttributes attributes;
  attributes.text(IFLA_IFNAME, name);
  return ask(socket, RTM_SETLINK, 0, {.ifi_index = index}, attributes, fmt::format("name the device {}", name));
}

Result<> bring_up(const NetlinkSocket& socket, int index) {
  return ask(socket, RTM_SETLINK, 0, {.ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP}, {},
             "bring the device up");
}

Result<> settle(const NetlinkSocket& socket, int index, const std::string& name, const std::vector<Address>& addresses,
                bool up) {
  TRY(rename(socket, index, name));
  for (const auto& address : addresses) TRY(add_address(socket, index, address));
  if (up) TRY(bring_up(socket, index));
  return {};
}

}  // namespace

Result<MovedDevice> move_network_device(const Fd& from, const std::string& name, const Fd& to,
                                        const std::string& new_name, bool up) {
  const NetlinkSocket here = TRY(NetlinkSocket::open_in(from, NETLINK_ROUTE));
  const NetlinkSocket there = TRY(NetlinkSocket::open_in(to, NETLINK_ROUTE));
  auto link = find_link(here, name);
  if (!link) return std::move(link.error()).with_code(Code::not_found);
  auto addresses = TRY(permanent_addresses(here, link->index));
  // The kernel keeps the index where it is free there, and gives another one where it is not: only a name that nobody
  // has finds the device again.
  std::string passage = "gtry-" + random_hex(4);
  TRY(send_away(here, link->index, to, passage));
  Link moved = TRY(find_link(there, passage));
  auto settled = settle(there, moved.index, new_name, addresses, up);
  if (settled) return MovedDevice{TRY(find_link(there, "", moved.index)).name, link->up};
  best_effort(send_away(there, moved.index, from, passage));
  if (auto back = find_link(here, passage)) best_effort(settle(here, back->index, name, addresses, link->up));
  return std::move(settled.error());
}

}  // namespace gantry::linux
