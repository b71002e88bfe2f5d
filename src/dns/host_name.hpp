#pragma once

#include "linux/ip_address.hpp"

#include <optional>
#include <string_view>

namespace gantry::dns {

/// "5.0.89.10.in-addr.arpa", or the one of ip6.arpa: the address.
std::optional<linux::IpAddress> address_of_reverse(std::string_view name);

/// Whether a container can be called so: labels of letters, figures, '-' and '_', at most 63 each and 253 together.
bool is_host_name(std::string_view name);

}  // namespace gantry::dns
