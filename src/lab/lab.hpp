#pragma once

#include "engine/engine.hpp"
#include "lab/topology.hpp"

#include <string>
#include <vector>

namespace gantry::lab {

/// A node as it is now.
struct NodeState {
  std::string lab;
  std::string node;
  std::string container;  ///< its name; empty for a bridge
  std::string id;
  std::string image;
  std::string status;  ///< "running", "exited", …; of a bridge "bridge"
};

/// Makes nodes, then links, then runs what nodes execute. What was made goes again when one fails. `folder` is the
/// topology file's. Code::exists when a container of one of the names is there.
Result<> deploy(engine::Engine& engine, const Topology& topology, const std::string& folder);
/// Removes the containers, links and bridges of a topology; fine for what is not there.
Result<> destroy(engine::Engine& engine, const Topology& topology);
/// The containers of a lab, or with an empty name of all.
Result<std::vector<NodeState>> inspect(engine::Engine& engine, const std::string& lab);

}  // namespace gantry::lab
