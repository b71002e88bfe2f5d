#pragma once

#include "base/result.hpp"
#include "linux/ip_address.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Containerlab's topology files (containerlab.dev/manual/topo-def-file), for nodes of the kinds linux and bridge.

namespace gantry::lab {

enum class NodeKind { linux, bridge };

struct Node {
  std::string name;
  NodeKind kind = NodeKind::linux;
  std::string image;
  std::string entrypoint;
  std::string command;  ///< `cmd`, split at blanks
  std::string user;
  std::string group;                  ///< for the graph
  std::string network_mode = "none";  ///< "none", "host" or "bridge"
  std::map<std::string, std::string> env;
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> sysctls;
  std::vector<std::string> binds;  ///< "SOURCE:TARGET[:OPTIONS]", the source from the topology file's folder
  std::vector<std::string> ports;  ///< as -p
  std::vector<std::string> exec;   ///< commands for a shell in the node, once all links are there
};

struct Endpoint {
  std::string node;  ///< "host": the host itself
  std::string interface;
  std::string mac;                          ///< empty: any
  std::vector<linux::IpNetwork> addresses;  ///< "10.0.0.1/24"
};

struct Link {
  Endpoint a, b;
  std::uint32_t mtu = 0;  ///< 0: 9500, as Containerlab has it
};

struct Topology {
  std::string name;
  std::string prefix = "clab";  ///< of the containers' names; empty: they are called like their nodes
  std::vector<Node> nodes;
  std::vector<Link> links;

  const Node* find(std::string_view node) const;
  /// "clab-LAB-NODE".
  std::string container_name(const Node& node) const;
};

/// `name` is the file's, for errors, which say the line. Keys that are not known are refused: a topology that is only
/// half understood would come up half.
Result<Topology> parse_topology(std::string_view text, const std::string& name);

}  // namespace gantry::lab
