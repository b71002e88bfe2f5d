#include "net/firewall.hpp"

#include "base/log.hpp"
#include "net/firewall_table.hpp"
#include "net/flows.hpp"
#include "net/range.hpp"
#include "net/route.hpp"

#include <netinet/in.h>

#include <cerrno>

namespace gantry::net {

using linux::NetlinkSocket;
using linux::NftKey;
using linux::NftTransaction;

namespace {

Result<> explain(Result<> done) {
  if (done) return done;
  const int problem = done.error().os_error();
  if (problem == ENOENT) return std::move(done.error()).with_code(Code::not_found);
  if (problem == EPERM) return std::move(done.error()).with_cure("bridges and published ports take root");
  if (problem == EOPNOTSUPP || problem == EPROTONOSUPPORT)
    return std::move(done.error())
        .with_code(Code::unsupported)
        .with_cure("this kernel has no nf_tables: use --network host or none");
  return done;
}

Result<NetlinkSocket> open_socket() {
  auto socket = NetlinkSocket::open(NETLINK_NETFILTER);
  if (!socket) return explain(std::move(socket.error())).error();
  return socket;
}

NftKey key_of(const IpAddress& address) { return NftKey().bytes(bytes_of(address)); }

/// Adds or removes the elements of networks and containers.
class Elements {
 public:
  Elements(NftTransaction& transaction, bool remove) : transaction_(transaction), remove_(remove) {}

  Result<> network(const Network& network) {
    if (network.driver != Driver::bridge) return {};
    const NetworkSettings settings = TRY(settings_of(network));
    const NftKey name = NftKey().interface(network.network_interface);
    element(sets::kBridges, name);
    element(sets::kSame, NftKey().interface(network.network_interface).interface(network.network_interface));
    if (settings.isolation != Isolation::open) element(sets::kIsolated, name);
    if (settings.isolation == Isolation::strict) element(sets::kStrict, name);
    if (network.internal) element(sets::kInternal, name);
    else
      for (const Subnet& subnet : network.subnets) sources(subnet.subnet);
    return {};
  }

  void container(const Connections& connections) {
    for (const Attachment& attachment : connections.attachments) members(attachment);
    for (const PublishedPort& port : connections.ports) publication(connections, port);
  }

  void members(const Attachment& attachment) {
    if (attachment.bridge.empty()) return;
    for (const auto& [address, gateway] : attachment.addresses)
      element(address.address.v6 ? sets::kMembers6 : sets::kMembers4,
              NftKey().interface(attachment.bridge).bytes(bytes_of(address.address)));
  }

  void publication(const Connections& connections, const PublishedPort& port) {
    for (bool v6 : {false, true})
      if (const auto target = target_of(connections, v6)) publication(port, *target);
  }

 private:
  /// The address of that family that published ports lead to: that on the first bridge.
  static std::optional<IpAddress> target_of(const Connections& connections, bool v6) {
    for (const Attachment& attachment : connections.attachments)
      for (const auto& one : attachment.addresses)
        if (!attachment.bridge.empty() && one.address.address.v6 == v6 && one.gateway) return one.address.address;
    return {};
  }

  void sources(const IpNetwork& subnet) {
    const bool v6 = subnet.address.v6;
    const Range range = whole_range(subnet);
    const Number end = range.last + 1;
    // Past the highest address there is none.
    const bool open_end = end == 0 || (!v6 && end >> 32 != 0);
    const NftKey last = open_end ? NftKey() : key_of(address_of(end, v6));
    const char* set = v6 ? sets::kSources6 : sets::kSources4;
    if (remove_) transaction_.remove_interval(set, key_of(subnet.address), last);
    else transaction_.add_interval(set, key_of(subnet.address), last);
  }

  void publication(const PublishedPort& port, const IpAddress& target) {
    if (port.host_ip && port.host_ip->v6 != target.v6) return;
    const std::uint8_t protocol = protocol_number(port.protocol);
    for (unsigned i = 0; i < port.count; ++i) {
      const auto outside = static_cast<std::uint16_t>(port.host_port + i);
      const auto inside = static_cast<std::uint16_t>(port.container_port + i);
      NftKey key = port.host_ip ? key_of(*port.host_ip) : NftKey();
      key.protocol(protocol).port(outside);
      const char* set = port.host_ip ? (target.v6 ? sets::kPorts6 : sets::kPorts4)
                                     : (target.v6 ? sets::kAnyPorts6 : sets::kAnyPorts4);
      element(set, key, key_of(target).port(inside));
    }
  }

  static std::uint8_t protocol_number(std::string_view name) {
    if (name == "udp") return IPPROTO_UDP;
    return name == "sctp" ? IPPROTO_SCTP : IPPROTO_TCP;
  }

  void element(const char* set, const NftKey& key, const NftKey& data = {}) {
    if (remove_) transaction_.remove_element(set, key);
    else transaction_.add_element(set, key, data);
  }

  NftTransaction& transaction_;
  bool remove_;
};

/// FNV-1a.
std::uint32_t hash_of(std::string_view text) {
  std::uint32_t hash = 0x811c9dc5;
  for (const unsigned char c : text) hash = (hash ^ c) * 0x01000193;
  return hash;
}

/// A kernel that cannot list them is no reason to have no container.
void forget(const Connections& connections) {
  if (auto done = forget_flows(connections.ports); !done) log::warning("{}", done.error().message());
}

}  // namespace

Firewall::Firewall(std::string_view root) : table_(fmt::format("gantry-{:08x}", hash_of(root))) {}

Result<> Firewall::add_to_table(const Network& network, bool make_table, const NetlinkSocket& socket) const {
  NftTransaction transaction(table_);
  if (make_table) add_table(transaction);
  TRY(Elements(transaction, false).network(network));
  return std::move(transaction).commit(socket);
}

/// Each element on its own, as one that is gone already makes the kernel refuse all of a transaction.
Result<> Firewall::remove_piecemeal(const Connections& connections, const NetlinkSocket& socket) const {
  auto remove = [&](auto add) -> Result<> {
    NftTransaction transaction(table_);
    Elements elements(transaction, true);
    add(elements);
    auto done = std::move(transaction).commit(socket);
    if (!done && done.error().os_error() == ENOENT) return {};
    return done;
  };
  for (Attachment attachment : connections.attachments) {
    for (const AttachedAddress& address : std::exchange(attachment.addresses, {})) {
      attachment.addresses = {address};
      TRY(remove([&](Elements& elements) { elements.members(attachment); }));
    }
  }
  for (PublishedPort port : connections.ports) {
    const unsigned count = std::exchange(port.count, 1);
    for (unsigned i = 0; i < count; ++i, ++port.host_port, ++port.container_port)
      TRY(remove([&](Elements& elements) { elements.publication(connections, port); }));
  }
  return {};
}

Result<> Firewall::add_network(const Network& network) const {
  if (network.driver != Driver::bridge) return {};
  const NetlinkSocket socket = TRY(open_socket());
  auto added = add_to_table(network, false, socket);
  if (!added && added.error().os_error() == ENOENT) added = add_to_table(network, true, socket);
  return explain(std::move(added));
}

/// Who makes a network at this moment finds the table gone when its first container comes, and makes it anew.
Result<> Firewall::remove_unused_table(const NetlinkSocket& socket) const {
  bool used = false;
  auto listed =
      linux::for_each_element(socket, table_, sets::kBridges, [&](std::string_view, std::string_view) { used = true; });
  if (!listed && listed.error().os_error() == ENOENT) return {};
  TRY(std::move(listed));
  if (used) return {};
  NftTransaction transaction(table_);
  transaction.remove_table();
  auto removed = std::move(transaction).commit(socket);
  if (!removed && removed.error().os_error() == ENOENT) return {};
  return removed;
}

Result<> Firewall::remove_network(const Network& network) const {
  if (network.driver != Driver::bridge) return {};
  const NetlinkSocket socket = TRY(open_socket());
  NftTransaction transaction(table_);
  TRY(Elements(transaction, true).network(network));
  auto removed = std::move(transaction).commit(socket);
  if (removed) removed = remove_unused_table(socket);
  if (!removed && removed.error().os_error() == ENOENT) return {};
  return explain(std::move(removed));
}

Result<> Firewall::add_container(const Connections& connections) const {
  const NetlinkSocket socket = TRY(open_socket());
  NftTransaction transaction(table_);
  Elements(transaction, false).container(connections);
  TRY(explain(std::move(transaction).commit(socket)));
  forget(connections);
  return {};
}

Result<> Firewall::remove_container(const Connections& connections) const {
  const NetlinkSocket socket = TRY(open_socket());
  NftTransaction transaction(table_);
  Elements(transaction, true).container(connections);
  auto removed = std::move(transaction).commit(socket);
  if (!removed && removed.error().os_error() == ENOENT) removed = remove_piecemeal(connections, socket);
  TRY(explain(std::move(removed)));
  forget(connections);
  return {};
}

Result<> Firewall::reload(std::span<const Network> networks, std::span<const Connections> containers) const {
  const NetlinkSocket socket = TRY(open_socket());
  NftTransaction transaction(table_);
  // Made first, as one that is not there cannot be removed; all of it is one step.
  transaction.add_table();
  transaction.remove_table();
  add_table(transaction);
  Elements elements(transaction, false);
  for (const Network& network : networks) TRY(elements.network(network));
  for (const Connections& connections : containers) elements.container(connections);
  return explain(std::move(transaction).commit(socket));
}

}  // namespace gantry::net
