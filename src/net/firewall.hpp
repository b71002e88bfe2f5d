#pragma once

#include "net/connections.hpp"

#include <span>
#include <string>
#include <utility>
#include <vector>

// The table `inet gantry` of nf_tables. Its rules never change: networks and containers are elements of its sets and
// maps, so adding one costs the same however many there are.

namespace gantry::net {

inline constexpr const char* kFirewallTable = "gantry";

/// Adds a network, and before it the table when there is none.
Result<> add_network_rules(const Network& network);
Result<> remove_network_rules(const Network& network);

/// A container's addresses and published ports. Code::not_found when the table is gone: `nft flush ruleset`.
/// Code::exists for a port that another container has.
Result<> add_container_rules(const Connections& connections);
/// Fine when they are gone.
Result<> remove_container_rules(const Connections& connections);

/// Makes the table anew, in one step, from all that there is.
Result<> reload_rules(std::span<const Network> networks, std::span<const Connections> containers);

}  // namespace gantry::net
