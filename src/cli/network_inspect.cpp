#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "cli/inspections.hpp"
#include "cli/network_row.hpp"
#include "engine/cni_networks.hpp"
#include "net/diagram.hpp"
#include "options/print.hpp"

namespace gantry::cli {

namespace {

struct NetworkInspectArguments {
  std::string format;
  std::vector<std::string> names;
};

boost::json::object interface_of(const engine::NetworkMember& member) {
  boost::json::array subnets;
  for (const auto& [address, gateway] : member.attachment.addresses)
    subnets.emplace_back(
        boost::json::object{{"ipnet", address.text()}, {"gateway", gateway ? gateway->text() : std::string()}});
  boost::json::object interface {
    {"subnets", std::move(subnets)}, { "mac_address", member.attachment.mac }
  };
  if (!member.link) return interface;
  // What the host's end of the pair receives, the container has sent.
  interface["host_interface"] = member.attachment.host_interface;
  interface["rx_bytes"] = member.link->sent_bytes;
  interface["rx_packets"] = member.link->sent_packets;
  interface["tx_bytes"] = member.link->received_bytes;
  interface["tx_packets"] = member.link->received_packets;
  return interface;
}

Result<boost::json::object> inspection(engine::Engine& engine, const std::string& name) {
  auto found = engine.find_network(name);
  if (!found && found.error().code() == Code::not_found && TRY(engine::find_cni_network(name)))
    return engine::inspect_cni_network(engine, name);
  const net::Network network = TRY(std::move(found));
  boost::json::object document = TRY(network_document(network));
  boost::json::object containers;
  for (const auto& member : TRY(engine.network_members(network)))
    containers[member.id] =
        boost::json::object{{"name", member.name},
                            {"interfaces", boost::json::object{{member.attachment.interface, interface_of(member)}}}};
  document["containers"] = std::move(containers);
  return document;
}

Result<int> network_inspect(const Globals& globals, const NetworkInspectArguments& arguments) {
  auto engine = TRY(open_engine(globals));
  return print_inspections(arguments.names, arguments.format,
                           [&](const std::string& name) { return inspection(engine, name); });
}

constexpr options::Option kInspectOptions[] = {
    options::option<&NetworkInspectArguments::format>('f', "format", "FORMAT",
                                                      "Print by a Go template, each object on its own"),
};
constexpr options::Group kInspectGroups[] = {options::group(kInspectOptions)};

struct NetworkDiagramArguments {
  bool svg = false;
  std::vector<std::string> names;
};

Result<int> network_diagram(const Globals& globals, const NetworkDiagramArguments& arguments) {
  auto engine = TRY(open_engine(globals));
  std::vector<net::Network> networks;
  for (const auto& name : arguments.names) networks.push_back(TRY(engine.find_network(name)));
  if (networks.empty()) networks = TRY(engine.list_networks());
  std::vector<net::DiagramNetwork> picture;
  for (const net::Network& network : networks) {
    net::DiagramNetwork& drawn = picture.emplace_back();
    drawn.network = network;
    for (auto& member : TRY(engine.network_members(network)))
      drawn.members.push_back({member.name, std::move(member.attachment), std::move(member.ports)});
  }
  TRY(options::print(arguments.svg ? net::diagram_svg(picture) : net::diagram_text(picture)));
  return 0;
}

constexpr options::Option kDiagramOptions[] = {
    options::flag<&NetworkDiagramArguments::svg>(0, "svg", "Draw as SVG"),
};
constexpr options::Group kDiagramGroups[] = {options::group(kDiagramOptions)};
constexpr options::Example kDiagramExamples[] = {
    {"gantry network diagram --svg >networks.svg", "Draw all networks for a browser"},
};

}  // namespace

constinit const Command kNetworkInspect = options::command<network_inspect>({
    .name = "inspect",
    .summary = "Print everything about networks",
    .synopsis = "[OPTIONS] NETWORK...",
    .description = "Prints an array of JSON objects with the fields that podman has, with the containers that are "
                   "attached now, their addresses and what has come to and gone from them. Of a network of CNI it "
                   "has the plugins asked whether they are ready, and whether each container is as it was made.",
    .groups = kInspectGroups,
    .words = options::words<&NetworkInspectArguments::names>({.name = "NETWORK", .least = 1}),
});

constinit const Command kNetworkDiagram = options::command<network_diagram>({
    .name = "diagram",
    .summary = "Draw networks, their containers and published ports",
    .synopsis = "[OPTIONS] [NETWORK...]",
    .description = "Draws all networks, or those that are named, with the containers that run on them.",
    .examples = kDiagramExamples,
    .groups = kDiagramGroups,
    .words = options::words<&NetworkDiagramArguments::names>({.name = "NETWORK"}),
});

}  // namespace gantry::cli
