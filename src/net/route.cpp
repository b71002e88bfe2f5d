#include "net/route.hpp"

#include "base/text.hpp"

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <cerrno>

namespace gantry::net {

using linux::NetlinkAttributes;
using linux::NetlinkMessages;
using linux::NetlinkSocket;

namespace {

constexpr std::size_t kMacSize = 6;

std::string_view attributes_of(const nlmsghdr& message, std::size_t body) {
  return {reinterpret_cast<const char*>(&message) + NLMSG_SPACE(body), message.nlmsg_len - NLMSG_SPACE(body)};
}

void read_kind(std::string_view content, Link& link) {
  linux::for_each_attribute(content, [&](std::uint16_t type, std::string_view inside) {
    if (type == IFLA_INFO_KIND) link.kind = linux::attribute_text(inside);
  });
}

void read_counters(std::string_view content, Link& link) {
  const auto counters = linux::attribute_value<rtnl_link_stats64>(content);
  link.received_bytes = counters.rx_bytes;
  link.received_packets = counters.rx_packets;
  link.sent_bytes = counters.tx_bytes;
  link.sent_packets = counters.tx_packets;
}

Link link_of(const nlmsghdr& message) {
  const auto* head = static_cast<const ifinfomsg*>(NLMSG_DATA(&message));
  Link link{.index = head->ifi_index, .up = (head->ifi_flags & IFF_UP) != 0};
  linux::for_each_attribute(attributes_of(message, sizeof *head), [&](std::uint16_t type, std::string_view content) {
    if (type == IFLA_IFNAME) link.name = linux::attribute_text(content);
    else if (type == IFLA_IFALIAS) link.alias = linux::attribute_text(content);
    else if (type == IFLA_MTU) link.mtu = linux::attribute_value<std::uint32_t>(content);
    else if (type == IFLA_MASTER) link.master = linux::attribute_value<int>(content);
    else if (type == IFLA_ADDRESS && content.size() == kMacSize) link.mac = mac_text(content);
    else if (type == IFLA_LINKINFO) read_kind(content, link);
    else if (type == IFLA_STATS64) read_counters(content, link);
  });
  return link;
}

struct Route {
  std::optional<IpNetwork> destination;  ///< none: the default route
  int device = 0;
  unsigned type = 0, table = 0;
};

IpAddress address_from(std::string_view bytes) {
  IpAddress address{.v6 = bytes.size() == 16};
  std::copy(bytes.begin(), bytes.begin() + std::min(bytes.size(), address.bytes.size()), address.bytes.begin());
  return address;
}

Result<std::vector<Route>> list_routes(const NetlinkSocket& socket) {
  NetlinkMessages messages;
  messages.add(RTM_GETROUTE, NLM_F_DUMP, rtmsg{}, {}, "list the routes of this host");
  std::vector<Route> routes;
  TRY(socket.talk(std::move(messages), [&](const nlmsghdr& message) {
    const auto* head = static_cast<const rtmsg*>(NLMSG_DATA(&message));
    Route route{.type = head->rtm_type, .table = head->rtm_table};
    linux::for_each_attribute(attributes_of(message, sizeof *head), [&](std::uint16_t type, std::string_view content) {
      if (type == RTA_OIF) route.device = linux::attribute_value<int>(content);
      if (type == RTA_DST) route.destination = IpNetwork{address_from(content), head->rtm_dst_len};
    });
    routes.push_back(route);
  }));
  return routes;
}

unsigned char family_of(const IpAddress& address) { return address.v6 ? AF_INET6 : AF_INET; }

}  // namespace

std::string_view bytes_of(const IpAddress& address) {
  return {reinterpret_cast<const char*>(address.bytes.data()), address.bits() / 8};
}

Result<std::optional<Link>> find_link(const NetlinkSocket& socket, std::string_view name) {
  NetlinkMessages messages;
  NetlinkAttributes attributes;
  attributes.text(IFLA_IFNAME, name);
  messages.add(RTM_GETLINK, 0, ifinfomsg{}, attributes, fmt::format("find network device {}", name));
  std::optional<Link> found;
  auto asked = socket.talk(std::move(messages), [&](const nlmsghdr& message) { found = link_of(message); });
  if (!asked && asked.error().os_error() != ENODEV) return std::move(asked.error());
  return found;
}

Result<std::vector<Link>> list_links(const NetlinkSocket& socket) {
  NetlinkMessages messages;
  messages.add(RTM_GETLINK, NLM_F_DUMP, ifinfomsg{}, {}, "list the network devices");
  std::vector<Link> links;
  TRY(socket.talk(std::move(messages), [&](const nlmsghdr& message) { links.push_back(link_of(message)); }));
  return links;
}

Result<std::vector<std::string>> host_interfaces() {
  const NetlinkSocket socket = TRY(NetlinkSocket::open(NETLINK_ROUTE));
  std::vector<std::string> names;
  for (Link& link : TRY(list_links(socket))) names.push_back(std::move(link.name));
  return names;
}

Result<std::vector<IpNetwork>> host_routes() {
  const NetlinkSocket socket = TRY(NetlinkSocket::open(NETLINK_ROUTE));
  std::vector<IpNetwork> destinations;
  for (const Route& route : TRY(list_routes(socket)))
    if (route.type == RTN_UNICAST && route.destination && route.destination->length > 0)
      destinations.push_back(*route.destination);
  return destinations;
}

Result<std::string> default_device() {
  const NetlinkSocket socket = TRY(NetlinkSocket::open(NETLINK_ROUTE));
  for (const Route& route : TRY(list_routes(socket))) {
    if (route.type != RTN_UNICAST || route.destination || route.table != RT_TABLE_MAIN) continue;
    for (const Link& link : TRY(list_links(socket)))
      if (link.index == route.device) return link.name;
  }
  return fail(Code::not_found, "this host has no default route").with_cure("name a device with -o parent=NAME");
}

Result<std::string> mac_bytes(std::string_view text) {
  std::string bytes;
  for (const std::string& part : split(text, ':')) {
    unsigned value = 0;
    for (char c : part) {
      const std::size_t figure = std::string_view("0123456789abcdef").find(static_cast<char>(std::tolower(c)));
      if (figure == std::string_view::npos) value = 256;
      value = value * 16 + static_cast<unsigned>(figure);
    }
    if (part.empty() || part.size() > 2 || value > 255)
      return fail(Code::invalid, "'{}' is not a MAC address, as 02:67:0a:40:00:02", text);
    bytes.push_back(static_cast<char>(value));
  }
  if (bytes.size() != kMacSize) return fail(Code::invalid, "'{}' is not a MAC address, as 02:67:0a:40:00:02", text);
  if ((bytes[0] & 1) != 0) return fail(Code::invalid, "'{}' is a MAC address of a group, not of one device", text);
  return bytes;
}

std::string mac_text(std::string_view bytes) {
  std::string text;
  for (char byte : bytes) text += fmt::format("{}{:02x}", text.empty() ? "" : ":", static_cast<unsigned char>(byte));
  return text;
}

std::string mac_of(const IpAddress& address) {
  std::string bytes("\x02\x67", 2);  // locally administered
  const std::string_view all = bytes_of(address);
  return mac_text(bytes.append(all.substr(all.size() - 4)));
}

void RouteChanges::set_up(int index) {
  messages_.add(RTM_NEWLINK, 0, ifinfomsg{.ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP}, {},
                "bring a network device up");
}

void RouteChanges::add_address(int index, const IpNetwork& address) {
  NetlinkAttributes attributes;
  attributes.add(IFA_LOCAL, bytes_of(address.address)).add(IFA_ADDRESS, bytes_of(address.address));
  ifaddrmsg head{.ifa_family = family_of(address.address),
                 .ifa_prefixlen = static_cast<unsigned char>(address.length),
                 .ifa_index = static_cast<unsigned>(index)};
  if (!address.address.v6 && address.length < 31) {
    IpAddress broadcast = address.address;
    for (unsigned bit = address.length; bit < broadcast.bits(); ++bit) broadcast.bytes[bit / 8] |= 0x80 >> bit % 8;
    attributes.add(IFA_BROADCAST, bytes_of(broadcast));
  }
  // We know that nobody else has it, so it need not be asked for (RFC 4862, 5.4), which takes a second.
  if (address.address.v6) head.ifa_flags = IFA_F_NODAD;
  messages_.add(RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, head, attributes,
                fmt::format("give a network device the address {}", address.text()));
}

void RouteChanges::add_route(int index, const std::optional<IpNetwork>& destination, const IpAddress& gateway,
                             std::optional<std::uint32_t> metric) {
  rtmsg head{.rtm_family = family_of(gateway),
             .rtm_table = RT_TABLE_MAIN,
             .rtm_protocol = RTPROT_STATIC,
             .rtm_scope = RT_SCOPE_UNIVERSE,
             .rtm_type = RTN_UNICAST};
  NetlinkAttributes attributes;
  if (destination) {
    head.rtm_dst_len = static_cast<unsigned char>(destination->length);
    attributes.add(RTA_DST, bytes_of(destination->address));
  }
  attributes.add(RTA_GATEWAY, bytes_of(gateway)).value(RTA_OIF, index);
  if (metric) attributes.value(RTA_PRIORITY, *metric);
  messages_.add(
      RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, head, attributes,
      fmt::format("make the route to {} by {}", destination ? destination->text() : "everywhere", gateway.text()));
}

void RouteChanges::remove_link(std::string_view name) {
  NetlinkAttributes attributes;
  attributes.text(IFLA_IFNAME, name);
  messages_.add(RTM_DELLINK, 0, ifinfomsg{}, attributes, fmt::format("remove network device {}", name));
}

}  // namespace gantry::net
