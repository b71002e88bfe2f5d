#include "build/graph.hpp"

#include <algorithm>

namespace gantry::build {

std::vector<NodeId> inputs_of(const Node& node) {
  std::vector<NodeId> inputs;
  auto add = [&](const std::optional<NodeId>& input) {
    if (input && std::ranges::find(inputs, *input) == inputs.end()) inputs.push_back(*input);
  };
  add(node.base);
  for (const auto& step : node.steps) {
    if (const auto* copy = std::get_if<CopyStep>(&step)) add(copy->origin.node);
    if (const auto* run = std::get_if<RunStep>(&step))
      for (const auto& mount : run->mounts) add(mount.origin.node);
  }
  return inputs;
}

}  // namespace gantry::build
