#include "lab/lab.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "engine/network_options.hpp"
#include "lab/wiring.hpp"
#include "linux/memory_file.hpp"

#include <fcntl.h>

#include <algorithm>

namespace gantry::lab {

namespace {

constexpr const char* kLabLabel = "containerlab";
constexpr const char* kNodeLabel = "clab-node-name";
constexpr const char* kKindLabel = "clab-node-kind";

Result<engine::Mount> mount_of(const std::string& bind, const std::string& folder) {
  const std::vector<std::string> parts = split(bind, ':');
  if (parts.size() < 2 || parts.size() > 3 || parts[0].empty() || !parts[1].starts_with('/'))
    return fail(Code::invalid, "'{}' is not SOURCE:TARGET[:OPTIONS]", bind);
  engine::Mount mount{.source = parts[0].starts_with('/') ? parts[0] : folder + "/" + parts[0], .target = parts[1]};
  mount.options = {"rbind"};
  if (parts.size() == 3)
    for (const std::string& option : split(parts[2], ',')) mount.options.push_back(option);
  return mount;
}

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words = split(text, ' ');
  std::erase(words, "");
  return words;
}

Result<engine::ContainerConfig> config_of(const Topology& topology, const Node& node, const std::string& folder) {
  engine::ContainerConfig config;
  config.image = node.image;
  config.name = topology.container_name(node);
  config.hostname = node.name;
  config.user = node.user;
  if (!node.entrypoint.empty()) config.entrypoint = words_of(node.entrypoint);
  config.command = words_of(node.command);
  for (const auto& [name, value] : node.env) config.env.push_back(name + "=" + value);
  config.labels = node.labels;
  config.labels[kLabLabel] = topology.name;
  config.labels[kNodeLabel] = node.name;
  config.labels[kKindLabel] = "linux";
  config.sysctls = node.sysctls;
  // Who plays a router must be able to set up its network.
  config.privileged = true;
  config.network.clear();
  TRY(engine::add_network(config, node.network_mode));
  for (const std::string& port : node.ports) config.ports.push_back(TRY(engine::parse_publish(port)));
  for (const std::string& bind : node.binds) config.mounts.push_back(TRY(mount_of(bind, folder)));
  config.detach = true;
  return config;
}

Result<> start_node(engine::Engine& engine, const Topology& topology, const Node& node, const std::string& folder) {
  if (node.kind == NodeKind::bridge) return make_bridge(node.name);
  const std::string id = TRY(engine.create(TRY(config_of(topology, node, folder))));
  return engine.start(id);
}

SpaceOf spaces(engine::Engine& engine, const Topology& topology) {
  return [&](const std::string& name) -> Result<Fd> {
    const engine::Container container = TRY(engine.find(topology.container_name(*topology.find(name))));
    if (!container.running())
      return fail(Code::failed, "node '{}' has ended already", name)
          .with_cure("give it a cmd that goes on, as sleep does");
    return open_file(fmt::format("/proc/{}/ns/net", container.pid), O_RDONLY);
  };
}

Result<> execute(engine::Engine& engine, const Topology& topology, const Node& node) {
  for (const std::string& command : node.exec) {
    const int status =
        TRY(engine.exec(topology.container_name(node), {.command = {"/bin/sh", "-c", command}, .privileged = true}));
    if (status != 0) return fail(Code::failed, "node '{}': '{}' ended with {}", node.name, command, status);
  }
  return {};
}

Result<> check_free(engine::Engine& engine, const Topology& topology) {
  for (const Node& node : topology.nodes) {
    if (node.kind == NodeKind::bridge || !engine.find(topology.container_name(node))) continue;
    return fail(Code::exists, "lab '{}': there is a container '{}' already", topology.name,
                topology.container_name(node))
        .with_cure("gantry lab destroy takes the lab down");
  }
  return {};
}

Result<> bring_up(engine::Engine& engine, const Topology& topology, const std::string& folder) {
  for (const Node& node : topology.nodes)
    TRY(with_context(start_node(engine, topology, node, folder), "node '{}'", node.name));
  for (const Link& link : topology.links) TRY(make_link(topology, link, spaces(engine, topology)));
  for (const Node& node : topology.nodes) TRY(execute(engine, topology, node));
  return {};
}

}  // namespace

Result<> deploy(engine::Engine& engine, const Topology& topology, const std::string& folder) {
  // As Engine::exec() does in privileged containers, which begins the program anew: better before there is anything.
  TRY(linux::run_from_memory());
  TRY(check_free(engine, topology));
  auto up = bring_up(engine, topology, folder);
  if (!up) best_effort(destroy(engine, topology));
  return with_context(std::move(up), "lab '{}'", topology.name);
}

Result<> destroy(engine::Engine& engine, const Topology& topology) {
  for (const Node& node : topology.nodes) {
    if (node.kind == NodeKind::bridge) continue;
    const auto container = engine.find(topology.container_name(node));
    // One of the same name that is not of this lab is left alone.
    if (!container) continue;
    const auto label = container->config.labels.find(kLabLabel);
    if (label != container->config.labels.end() && label->second == topology.name)
      TRY(engine.remove(container->id, true));
  }
  return remove_wiring(topology);
}

Result<std::vector<NodeState>> inspect(engine::Engine& engine, const std::string& lab) {
  std::vector<NodeState> nodes;
  for (const engine::Container& container : TRY(engine.list({.all = true}))) {
    const auto& labels = container.config.labels;
    const auto of_lab = labels.find(kLabLabel), node = labels.find(kNodeLabel);
    if (of_lab == labels.end() || node == labels.end() || (!lab.empty() && of_lab->second != lab)) continue;
    nodes.push_back({of_lab->second, node->second, container.name, container.id, container.image_name,
                     std::string(engine::status_name(container.status))});
  }
  std::ranges::sort(nodes, {}, [](const NodeState& one) { return std::pair(one.lab, one.node); });
  return nodes;
}

}  // namespace gantry::lab
