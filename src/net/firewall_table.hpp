#pragma once

#include "linux/nftables.hpp"

namespace gantry::net {

// The names of what is in the table.
namespace sets {
inline constexpr const char* kBridges = "bridges";    ///< ifname: all of ours
inline constexpr const char* kSame = "same";          ///< ifname . ifname: each bridge twice
inline constexpr const char* kIsolated = "isolated";  ///< ifname: shut off from one another
inline constexpr const char* kStrict = "strict";      ///< ifname: shut off from every other bridge
inline constexpr const char* kInternal = "internal";  ///< ifname: without a way out or in
inline constexpr const char* kSources4 = "sources4";  ///< intervals of ipv4_addr: whose way out is masqueraded
inline constexpr const char* kSources6 = "sources6";
inline constexpr const char* kMembers4 = "members4";  ///< ifname . ipv4_addr: bridge and container
inline constexpr const char* kMembers6 = "members6";
inline constexpr const char* kPorts4 = "ports4";  ///< ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service
inline constexpr const char* kPorts6 = "ports6";
inline constexpr const char* kAnyPorts4 = "any-ports4";  ///< inet_proto . inet_service : ipv4_addr . inet_service
inline constexpr const char* kAnyPorts6 = "any-ports6";
}  // namespace sets

/// Makes the table with its sets, chains and rules, without elements.
void add_table(linux::NftTransaction& transaction);

}  // namespace gantry::net
