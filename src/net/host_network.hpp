#pragma once

#include "net/firewall.hpp"
#include "net/network.hpp"

#include <string>
#include <vector>

// A network's part on the host: its bridge, and what the kernel must be told so that it forwards.

namespace gantry::net {

/// Makes bridge, gateway addresses and firewall rules of a network when they are not there yet; a bridge that is up is
/// whole. Code::exists when an interface of that name is not ours.
Result<> bring_up(const Network& network, const Firewall& firewall);
/// Removes them; fine when they are gone.
Result<> take_down(const Network& network, const Firewall& firewall);
/// Whether the bridge is there and up. Always true for macvlan and ipvlan, which have none.
Result<bool> is_up(const Network& network);

}  // namespace gantry::net
