#pragma once

#include "linux/netlink.hpp"
#include "net/connections.hpp"

#include <span>
#include <string>
#include <string_view>

namespace gantry::net {

/// The rules of one root's networks: a table of nf_tables, "inet gantry-" and eight figures, which differ from root to
/// root, so that none touches the rules of another. The table's rules never change: networks and containers are
/// elements of its sets and maps, so adding one costs the same however many there are.
class Firewall {
 public:
  /// `root` is what tells roots apart: the paths of their folders.
  explicit Firewall(std::string_view root);

  const std::string& table() const { return table_; }

  /// Adds a network, and before it the table when there is none.
  Result<> add_network(const Network& network) const;
  /// And with the last network the table. Fine when they are gone.
  Result<> remove_network(const Network& network) const;

  /// A container's addresses and published ports. Code::not_found when the table is gone: `nft flush ruleset`.
  /// Code::exists for a port that another container has.
  Result<> add_container(const Connections& connections) const;
  /// Fine when they are gone.
  Result<> remove_container(const Connections& connections) const;

  /// Makes the table anew, in one step, from all that there is.
  Result<> reload(std::span<const Network> networks, std::span<const Connections> containers) const;

 private:
  Result<> add_to_table(const Network& network, bool make_table, const linux::NetlinkSocket& socket) const;
  Result<> remove_piecemeal(const Connections& connections, const linux::NetlinkSocket& socket) const;
  Result<> remove_unused_table(const linux::NetlinkSocket& socket) const;

  std::string table_;
};

}  // namespace gantry::net
