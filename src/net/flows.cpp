#include "net/flows.hpp"

#include "linux/netlink.hpp"

#include <arpa/inet.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace gantry::net {

using linux::NetlinkAttributes;
using linux::NetlinkMessages;
using linux::NetlinkSocket;

namespace {

/// An entry by what its first packet was.
struct Flow {
  IpAddress destination;
  std::uint16_t port = 0;
  std::uint8_t protocol = 0;
  std::string tuple;  ///< as the kernel has it
  std::string zone;   ///< likewise; empty: none
};

constexpr std::uint16_t message_type(std::uint16_t type) {
  return static_cast<std::uint16_t>(NFNL_SUBSYS_CTNETLINK << 8 | type);
}

void read_addresses(std::string_view content, Flow& flow) {
  linux::for_each_attribute(content, [&](std::uint16_t type, std::string_view bytes) {
    if (type != CTA_IP_V4_DST && type != CTA_IP_V6_DST) return;
    flow.destination = {.v6 = type == CTA_IP_V6_DST};
    std::copy_n(bytes.begin(), std::min(bytes.size(), flow.destination.bytes.size()), flow.destination.bytes.begin());
  });
}

void read_protocol(std::string_view content, Flow& flow) {
  linux::for_each_attribute(content, [&](std::uint16_t type, std::string_view bytes) {
    if (type == CTA_PROTO_NUM) flow.protocol = linux::attribute_value<std::uint8_t>(bytes);
    if (type == CTA_PROTO_DST_PORT) flow.port = ntohs(linux::attribute_value<std::uint16_t>(bytes));
  });
}

Flow flow_of(const nlmsghdr& message) {
  constexpr std::size_t kStart = NLMSG_SPACE(sizeof(nfgenmsg));
  Flow flow;
  linux::for_each_attribute({reinterpret_cast<const char*>(&message) + kStart, message.nlmsg_len - kStart},
                            [&](std::uint16_t type, std::string_view content) {
                              if (type == CTA_ZONE) flow.zone = content;
                              if (type != CTA_TUPLE_ORIG) return;
                              flow.tuple = content;
                              linux::for_each_attribute(content, [&](std::uint16_t part, std::string_view inside) {
                                if (part == CTA_TUPLE_IP) read_addresses(inside, flow);
                                if (part == CTA_TUPLE_PROTO) read_protocol(inside, flow);
                              });
                            });
  return flow;
}

/// What passes through to another host has nothing to do with our ports.
bool is_of_this_host(const IpAddress& address) {
  const Fd socket(::socket(address.v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_storage target{};
  const unsigned length = linux::to_socket_address(address, 0, target);
  return bind(socket.get(), reinterpret_cast<const sockaddr*>(&target), length) == 0;
}

bool leads_to(const Flow& flow, const PublishedPort& port) {
  return port.protocol == "udp" && flow.protocol == IPPROTO_UDP && flow.port >= port.host_port &&
         flow.port < port.host_port + port.count && (!port.host_ip || *port.host_ip == flow.destination);
}

Result<std::vector<Flow>> flows_to(std::span<const PublishedPort> ports, const NetlinkSocket& socket) {
  NetlinkMessages messages;
  messages.add(message_type(IPCTNL_MSG_CT_GET), NLM_F_DUMP, nfgenmsg{AF_UNSPEC, NFNETLINK_V0, 0}, {},
               "list the connections that this host tracks");
  std::vector<Flow> flows;
  TRY(socket.talk(std::move(messages), [&](const nlmsghdr& message) {
    Flow flow = flow_of(message);
    if (std::ranges::any_of(ports, [&](const PublishedPort& port) { return leads_to(flow, port); }))
      flows.push_back(std::move(flow));
  }));
  std::erase_if(flows, [](const Flow& flow) { return !is_of_this_host(flow.destination); });
  return flows;
}

Result<> forget(const Flow& flow, const NetlinkSocket& socket) {
  NetlinkAttributes attributes;
  attributes.add(CTA_TUPLE_ORIG | NLA_F_NESTED, flow.tuple);
  if (!flow.zone.empty()) attributes.add(CTA_ZONE, flow.zone);
  const auto family = static_cast<std::uint8_t>(flow.destination.v6 ? AF_INET6 : AF_INET);
  NetlinkMessages messages;
  messages.add(message_type(IPCTNL_MSG_CT_DELETE), 0, nfgenmsg{family, NFNETLINK_V0, 0}, attributes,
               fmt::format("forget the connections to port {}/udp", flow.port));
  auto done = socket.talk(std::move(messages));
  if (!done && done.error().os_error() == ENOENT) return {};
  return done;
}

}  // namespace

Result<> forget_flows(std::span<const PublishedPort> ports) {
  if (std::ranges::none_of(ports, [](const PublishedPort& port) { return port.protocol == "udp"; })) return {};
  const NetlinkSocket socket = TRY(NetlinkSocket::open(NETLINK_NETFILTER));
  for (const Flow& flow : TRY(flows_to(ports, socket))) TRY(forget(flow, socket));
  return {};
}

}  // namespace gantry::net
