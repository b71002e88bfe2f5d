#pragma once

#include "build/bases.hpp"
#include "build/graph.hpp"
#include "build/remotes.hpp"
#include "build/request.hpp"
#include "dockerfile/expand.hpp"
#include "oci/image_spec.hpp"

#include <map>
#include <optional>
#include <vector>

namespace gantry::build {

/// A line of an image's history before it is known whether files were changed.
struct HistoryNote {
  oci::History history;
  std::optional<NodeId> node;  ///< the layer is this one's; none: `history` says all
};

/// An image that is to be made: files by a node, all else by a config without layers and history.
struct ImagePlan {
  NodeId top = 0;
  std::vector<NodeId> chain;  ///< the nodes that make its layers, the base first
  oci::ImageConfig config;
  std::vector<HistoryNote> history;
  std::map<oci::Digest, oci::Descriptor> blobs;  ///< of the base's layers, by diff id
  std::map<std::string, NodeId> stages;          ///< of the stages that were needed: the last node of each, by name
};

/// What the variables of its Dockerfile are made from.
dockerfile::BuildInputs inputs_of(const Request& request);

/// Where what the stages name comes from.
struct PlanInputs {
  Bases& bases;
  Remotes& remotes;
};

/// Turns the stages that the target needs into nodes of `graph`. Reads configs of images, fetches what ADD takes from
/// elsewhere, and reads no files: the result depends on nothing else. `time` is the time of all that is made. Errors
/// name the line.
Result<ImagePlan> plan_image(const Request& request, const PlanInputs& inputs, Timestamp time, Graph& graph);

}  // namespace gantry::build
