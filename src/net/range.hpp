#pragma once

#include "linux/ip_address.hpp"

#include <optional>

// Addresses as numbers, to count with.

namespace gantry::net {

using Number = unsigned __int128;

Number number_of(const linux::IpAddress& address);
linux::IpAddress address_of(Number number, bool v6);

/// Its host bits made 0.
linux::IpNetwork masked(const linux::IpNetwork& network);

struct Range {
  Number first = 0;
  Number last = 0;
};
/// All addresses of a network, also those that no host may have.
Range whole_range(const linux::IpNetwork& network);
/// Those that hosts may have: of IPv4 without the first and the last one, of IPv6 without the first, which any router
/// answers (RFC 4291, 2.6.1).
std::optional<Range> host_range(const linux::IpNetwork& network);

}  // namespace gantry::net
