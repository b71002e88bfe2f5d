#include "net/port_path.hpp"

#include "base/file.hpp"
#include "linux/ip_address.hpp"
#include "linux/nftables.hpp"
#include "net/route.hpp"

#include <netinet/in.h>  // first: linux/in.h, below netfilter's, leaves out what is here, and not the other way round

#include <linux/fib_rules.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <cerrno>

namespace gantry::net {

using linux::NetlinkAttributes;
using linux::NetlinkMessages;
using linux::NetlinkSocket;
using linux::NftRule;
using linux::NftTransaction;

namespace {

constexpr const char* kPathTable = "gantry-ports";
constexpr const char* kMarkChain = "mark";
constexpr std::int32_t kMangle = -150;  // before the route is looked for

/// What is marked N follows table N.
void add_choice(NetlinkMessages& messages, std::uint16_t type, std::uint16_t flags, std::uint32_t number) {
  constexpr fib_rule_hdr kRouteHead{.family = AF_INET, .table = RT_TABLE_UNSPEC, .action = FR_ACT_TO_TBL};
  NetlinkAttributes attributes;
  attributes.value(FRA_FWMARK, number).value(FRA_TABLE, number);
  messages.add(type, flags, kRouteHead, attributes, "choose the way back of published ports");
}

void add_way_back(NetlinkMessages& messages, std::uint32_t number) {
  constexpr rtmsg kRouteHead{.rtm_family = AF_INET,
                             .rtm_table = RT_TABLE_UNSPEC,
                             .rtm_protocol = RTPROT_STATIC,
                             .rtm_scope = RT_SCOPE_LINK,
                             .rtm_type = RTN_UNICAST};
  NetlinkAttributes attributes;
  attributes.value(RTA_OIF, number).value(RTA_TABLE, number);
  messages.add(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, kRouteHead, attributes,
               "make the way back of published ports");
}

}  // namespace

Result<> mark_port_paths() {
  // Callers are beyond the device, whatever the way to them is otherwise. Of it and of all, the stricter one counts.
  best_effort(write_value("/proc/sys/net/ipv4/conf/all/rp_filter", "0"));
  constexpr std::uint32_t kNone = 0;
  const std::string_view none(reinterpret_cast<const char*>(&kNone), sizeof kNone);
  NftTransaction transaction(kPathTable);
  transaction.add_table();
  transaction.add_chain(kMarkChain, {NF_INET_PRE_ROUTING, kMangle});
  transaction.add_rule(kMarkChain, NftRule()
                                       .load_meta(NFT_META_IIFNAME)
                                       .equals(kPortDevice)
                                       .load_meta(NFT_META_IIF)
                                       .set_conntrack(NFT_CT_MARK)
                                       .accept());
  transaction.add_rule(kMarkChain, NftRule().load_conntrack(NFT_CT_MARK).differs(none).set_meta(NFT_META_MARK));
  return std::move(transaction).commit(TRY(NetlinkSocket::open(NETLINK_NETFILTER)));
}

Result<> add_port_path(const std::string& device) {
  const NetlinkSocket socket = TRY(NetlinkSocket::open(NETLINK_ROUTE));
  const auto link = TRY(find_link(socket, device));
  if (!link) return fail(Code::failed, "the network device {} is gone", device);
  best_effort(write_value("/proc/sys/net/ipv4/conf/" + device + "/rp_filter", "0"));
  RouteChanges changes;
  changes.add_address(link->index, {TRY(IpAddress::parse(kPortAddress)), 32});
  changes.set_up(link->index);
  TRY(socket.talk(changes.take()));
  NetlinkMessages messages;
  add_choice(messages, RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, static_cast<std::uint32_t>(link->index));
  add_way_back(messages, static_cast<std::uint32_t>(link->index));
  return socket.talk(std::move(messages));
}

Result<> remove_port_path(const std::string& device) {
  const NetlinkSocket socket = TRY(NetlinkSocket::open(NETLINK_ROUTE));
  const auto link = TRY(find_link(socket, device));
  if (!link) return {};
  NetlinkMessages messages;
  add_choice(messages, RTM_DELRULE, 0, static_cast<std::uint32_t>(link->index));
  auto removed = socket.talk(std::move(messages));
  if (!removed && removed.error().os_error() == ENOENT) return {};
  return removed;
}

}  // namespace gantry::net
