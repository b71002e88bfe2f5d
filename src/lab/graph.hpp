#pragma once

#include "lab/topology.hpp"

#include <string>

namespace gantry::lab {

/// One line a link, for a terminal.
std::string graph_text(const Topology& topology);
/// A page that needs nothing else: nodes on a circle, links with the names of their ends.
std::string graph_page(const Topology& topology);

}  // namespace gantry::lab
