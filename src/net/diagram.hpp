#pragma once

#include "net/connections.hpp"

#include <string>
#include <vector>

namespace gantry::net {

/// A running container in a picture.
struct DiagramMember {
  std::string container;
  Attachment attachment;
  std::vector<PublishedPort> ports;
};

struct DiagramNetwork {
  Network network;
  std::vector<DiagramMember> members;
};

/// For a terminal: one tree a network.
std::string diagram_text(const std::vector<DiagramNetwork>& networks);
/// A whole SVG document: the host at the left, a bar a network, its containers below it with what leads to them.
std::string diagram_svg(const std::vector<DiagramNetwork>& networks);

}  // namespace gantry::net
