#include "net/firewall_table.hpp"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/rtnetlink.h>
#include <net/if_arp.h>

#include <array>

namespace gantry::net {

using linux::NftHook;
using linux::NftRegister;
using linux::NftRule;
using linux::NftTransaction;
using linux::NftType;

namespace {

// nf_tables' priorities by nft(8)'s names.
constexpr std::int32_t kRaw = -300, kDestination = -100, kFilter = 0, kSource = 100;

constexpr NftRegister kFirst{0};
constexpr NftRegister kAfterName{4};                     // behind an interface's name, which takes four
constexpr std::uint32_t kEstablished = 2, kRelated = 4;  // as nf_tables counts ct state

/// One of the two families: where its addresses are in a packet, and its sets.
struct Family {
  std::uint8_t number;
  std::uint32_t source, destination, length;  ///< bytes of the network header
  const char *sources, *members, *ports, *any_ports;
  NftRegister after;  ///< behind an address in register 0
};
constexpr Family kFamilies[] = {
    {NFPROTO_IPV4, 12, 16, 4, sets::kSources4, sets::kMembers4, sets::kPorts4, sets::kAnyPorts4, {1}},
    {NFPROTO_IPV6, 8, 24, 16, sets::kSources6, sets::kMembers6, sets::kPorts6, sets::kAnyPorts6, {4}},
};

template <class T>
std::string_view bytes_of(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

NftRule from(const char* set) { return NftRule().load_meta(NFT_META_IIFNAME).in_set(set); }
NftRule to(const char* set) { return NftRule().load_meta(NFT_META_OIFNAME).in_set(set); }
NftRule of(const Family& family) { return NftRule().load_meta(NFT_META_NFPROTO).equals(bytes_of(family.number)); }

void add_sets(NftTransaction& table) {
  using enum NftType;
  for (const char* name : {sets::kBridges, sets::kIsolated, sets::kStrict, sets::kInternal})
    table.add_set({name, {ifname}});
  table.add_set({sets::kSame, {ifname, ifname}});
  table.add_set({sets::kSources4, {ipv4_addr}, {}, true});
  table.add_set({sets::kSources6, {ipv6_addr}, {}, true});
  table.add_set({sets::kMembers4, {ifname, ipv4_addr}});
  table.add_set({sets::kMembers6, {ifname, ipv6_addr}});
  table.add_set({sets::kPorts4, {ipv4_addr, inet_proto, inet_service}, {ipv4_addr, inet_service}});
  table.add_set({sets::kPorts6, {ipv6_addr, inet_proto, inet_service}, {ipv6_addr, inet_service}});
  table.add_set({sets::kAnyPorts4, {inet_proto, inet_service}, {ipv4_addr, inet_service}});
  table.add_set({sets::kAnyPorts6, {inet_proto, inet_service}, {ipv6_addr, inet_service}});
}

/// Packets of containers that claim to be from elsewhere, or want to get at what the host has on its loopback device
/// (CVE-2020-8558): route_localnet opens that way for the answers of published ports.
void add_guard(NftTransaction& table) {
  table.add_chain("guard", {NF_INET_PRE_ROUTING, kRaw});
  const Family& v4 = kFamilies[0];
  constexpr std::array<std::uint8_t, 4> kMask{255, 0, 0, 0}, kLoopback{127, 0, 0, 0};
  for (std::uint32_t offset : {v4.source, v4.destination})
    table.add_rule("guard", from(sets::kBridges)
                                .load_meta(NFT_META_NFPROTO)
                                .equals(bytes_of(v4.number))
                                .load_payload(NFT_PAYLOAD_NETWORK_HEADER, offset, v4.length)
                                .masked_equals(bytes_of(kMask), bytes_of(kLoopback))
                                .drop());
  // No route back by the bridge on which it came.
  constexpr std::uint32_t kNone = 0;
  table.add_rule("guard", from(sets::kBridges)
                              .load_route(NFT_FIB_RESULT_OIF, NFTA_FIB_F_SADDR | NFTA_FIB_F_IIF)
                              .equals(bytes_of(kNone))
                              .drop());
}

/// Packets for a published port, whatever address of the host they are for.
void add_publication(NftTransaction& table) {
  table.add_chain("publish");
  for (const Family& family : kFamilies) {
    const NftRegister port{family.after.index + 1};
    table.add_rule("publish", of(family)
                                  .load_payload(NFT_PAYLOAD_NETWORK_HEADER, family.destination, family.length)
                                  .load_meta(NFT_META_L4PROTO, family.after)
                                  .load_payload(NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2, port)
                                  .map(family.ports, kFirst, kFirst)
                                  .destination(family.number, family.after));
    table.add_rule("publish", of(family)
                                  .load_meta(NFT_META_L4PROTO)
                                  .load_payload(NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2, {1})
                                  .map(family.any_ports, kFirst, kFirst)
                                  .destination(family.number, family.after));
  }
  constexpr std::uint32_t kLocal = RTN_LOCAL;
  for (auto [name, hook] : {std::pair{"prerouting", NF_INET_PRE_ROUTING}, std::pair{"output", NF_INET_LOCAL_OUT}}) {
    table.add_chain(name, {static_cast<std::uint32_t>(hook), kDestination, "nat"});
    table.add_rule(
        name, NftRule().load_route(NFT_FIB_RESULT_ADDRTYPE, NFTA_FIB_F_DADDR).equals(bytes_of(kLocal)).jump("publish"));
  }
}

/// What leaves a network gets the host's address, and so does what a neighbour, or the host itself from its loopback
/// device, asks by a published port: the answers would go another way.
void add_masquerading(NftTransaction& table) {
  constexpr const char* kChain = "postrouting";
  constexpr std::uint32_t kTranslated = IPS_DST_NAT;
  table.add_chain(kChain, {NF_INET_POST_ROUTING, kSource, "nat"});
  // The host that asks itself by a bridge's address keeps it: the server of names answers no other.
  constexpr std::uint16_t kLoopbackType = ARPHRD_LOOPBACK;
  table.add_rule(kChain, NftRule().load_meta(NFT_META_OIFTYPE).equals(bytes_of(kLoopbackType)).accept());
  for (const Family& family : kFamilies) {
    table.add_rule(kChain, of(family)
                               .load_conntrack(NFT_CT_STATUS)
                               .any_bit(kTranslated)
                               .load_meta(NFT_META_OIFNAME)
                               .load_payload(NFT_PAYLOAD_NETWORK_HEADER, family.source, family.length, kAfterName)
                               .in_set(family.members)
                               .masquerade());
    table.add_rule(kChain, of(family)
                               .load_payload(NFT_PAYLOAD_NETWORK_HEADER, family.source, family.length)
                               .in_set(family.sources)
                               .load_meta(NFT_META_OIFNAME)
                               .not_in_set(sets::kBridges)
                               .masquerade());
  }
  constexpr std::array<std::uint8_t, 4> kMask{255, 0, 0, 0}, kLoopback{127, 0, 0, 0};
  table.add_rule(kChain, of(kFamilies[0])
                             .load_payload(NFT_PAYLOAD_NETWORK_HEADER, kFamilies[0].source, kFamilies[0].length)
                             .masked_equals(bytes_of(kMask), bytes_of(kLoopback))
                             .load_meta(NFT_META_OIFNAME)
                             .in_set(sets::kBridges)
                             .masquerade());
  constexpr std::array<std::uint8_t, 16> kLoopback6{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  table.add_rule(kChain, of(kFamilies[1])
                             .load_payload(NFT_PAYLOAD_NETWORK_HEADER, kFamilies[1].source, kFamilies[1].length)
                             .equals(bytes_of(kLoopback6))
                             .load_meta(NFT_META_OIFNAME)
                             .in_set(sets::kBridges)
                             .masquerade());
}

/// Who may talk to whom. What is published may be reached from wherever the host can; else nothing gets in from
/// outside, and the bridges are apart as they were asked to be.
void add_isolation(NftTransaction& table) {
  constexpr std::uint32_t kTranslated = IPS_DST_NAT;
  table.add_chain("ours");
  auto rule = [&](const NftRule& one) { table.add_rule("ours", one); };
  rule(NftRule().load_conntrack(NFT_CT_STATE).any_bit(kEstablished | kRelated).accept());
  rule(NftRule().load_conntrack(NFT_CT_STATUS).any_bit(kTranslated).accept());
  rule(NftRule().load_meta(NFT_META_IIFNAME).load_meta(NFT_META_OIFNAME, kAfterName).in_set(sets::kSame).accept());
  rule(from(sets::kInternal).drop());
  rule(to(sets::kInternal).drop());
  rule(from(sets::kStrict).load_meta(NFT_META_OIFNAME).in_set(sets::kBridges).drop());
  rule(from(sets::kBridges).load_meta(NFT_META_OIFNAME).in_set(sets::kStrict).drop());
  rule(from(sets::kIsolated).load_meta(NFT_META_OIFNAME).in_set(sets::kIsolated).drop());
  rule(from(sets::kBridges).accept());
  rule(NftRule().drop());

  table.add_chain("forward", {NF_INET_FORWARD, kFilter});
  table.add_rule("forward", from(sets::kBridges).jump("ours"));
  table.add_rule("forward", to(sets::kBridges).jump("ours"));
}

}  // namespace

void add_table(NftTransaction& transaction) {
  transaction.add_table();
  add_sets(transaction);
  add_guard(transaction);
  add_publication(transaction);
  add_masquerading(transaction);
  add_isolation(transaction);
}

}  // namespace gantry::net
