#pragma once

#include "base/fd.hpp"
#include "lab/topology.hpp"

#include <functional>
#include <string>

namespace gantry::lab {

/// The network namespace of a node's container.
using SpaceOf = std::function<Result<Fd>(const std::string& node)>;

/// The links of a topology as veth pairs, and its bridges; in the caller's network namespace but for the ends in nodes.
Result<> make_bridge(const std::string& name);
Result<> make_link(const Topology& topology, const Link& link, const SpaceOf& space_of);
/// Bridges and ends of links on the host; fine when they are gone.
Result<> remove_wiring(const Topology& topology);

}  // namespace gantry::lab
