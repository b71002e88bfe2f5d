#pragma once

#include "base/fd.hpp"
#include "linux/netlink.hpp"
#include "net/connections.hpp"
#include "net/lease.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::net {

/// What a container wants of one network.
struct Wish {
  std::optional<IpAddress> ip;   ///< none: the next free one
  std::optional<IpAddress> ip6;  ///< likewise
  std::string mac;               ///< empty: made from the first address
  std::string interface;         ///< empty: "eth" and the number of the attachment
  std::vector<std::string> aliases;
};

/// Takes addresses and names for a container's attachment number `index`. Nothing but the leases is changed, and they
/// are given back when it fails.
Result<Attachment> plan_attachment(const Network& network, const Wish& wish, const Leases& leases,
                                   std::string_view owner, unsigned index);

/// Makes the device in the network namespace `space` with its addresses and routes. The network is up (bring_up()).
/// Of several networks the one with the lowest `index` is the way out.
Result<> attach(const Network& network, const Attachment& attachment, const Fd& space, unsigned index);
/// Removes the device; fine when it is gone. Addresses and rules are given back by others.
Result<> detach(const Attachment& attachment, const Fd& space);
/// The loopback device of a new network namespace.
Result<> bring_loopback_up(const Fd& space);

}  // namespace gantry::net
