#include "engine/clone.hpp"

#include <algorithm>
#include <map>
#include <ranges>

namespace gantry::engine {

namespace {

Result<std::string> name_of_pod(Engine& engine, const Pod& pod, const std::string& wished) {
  if (!wished.empty()) return wished;
  const auto names = TRY(pod_names(engine));
  return name_of_clone(pod.record.name, [&](const std::string& name) {
    return std::ranges::any_of(names, [&](const auto& one) { return one.second == name; });
  });
}

/// The network and the limits of the pod.
ContainerConfig infra_of(const Pod& pod) {
  ContainerConfig infra;
  const auto old = std::ranges::find_if(pod.containers, [&](const Container& one) { return pod.is_infra(one); });
  if (old == pod.containers.end()) return infra;
  static_cast<NetworkConfig&>(infra) = old->config;
  static_cast<ResourceConfig&>(infra) = old->config;
  return infra;
}

using Ids = std::map<std::string, std::string>;

/// What refers to a container of the old pod refers to its clone.
void refer_to_clones(ContainerConfig& config, const Ids& clones) {
  constexpr std::string_view kContainer = "container:";
  for (std::string* mode : {&config.pid, &config.ipc, &config.uts, &config.cgroupns, &config.userns, &config.network}) {
    if (!mode->starts_with(kContainer)) continue;
    if (auto clone = clones.find(mode->substr(kContainer.size())); clone != clones.end())
      *mode = std::string(kContainer) + clone->second;
  }
  for (std::string& need : config.needs)
    if (auto clone = clones.find(need); clone != clones.end()) need = clone->second;
}

}  // namespace

ContainerConfig config_of_clone(const Container& container) {
  ContainerConfig config = container.config;
  config.name.clear();
  config.cidfile.clear();
  config.pid_file.clear();
  config.monitor_pid_file.clear();
  if (!config.image.empty()) config.image = container.image_id;
  for (Mount& mount : config.mounts)
    if (mount.anonymous) mount.source.clear();
  return config;
}

std::string name_of_clone(const std::string& name, const std::function<bool(const std::string&)>& taken) {
  const std::string first = name + "-clone";
  if (!taken(first)) return first;
  for (unsigned number = 1;; ++number)
    if (std::string next = fmt::format("{}{}", first, number); !taken(next)) return next;
}

Result<std::string> clone_pod(Engine& engine, const Pod& pod, const std::string& name,
                              const std::function<Result<>(ContainerConfig&)>& infra) {
  ContainerConfig infra_config = infra_of(pod);
  TRY(infra(infra_config));
  const std::string id = TRY(create_pod(engine, pod.record.config, TRY(name_of_pod(engine, pod, name)), infra_config));
  const Pod made = TRY(find_pod(engine, id));
  Ids clones;
  if (!pod.record.infra.empty()) clones[pod.record.infra] = made.record.infra;
  auto taken = [&](const std::string& wished) { return engine.find(wished).has_value(); };
  // The oldest first: what a container needs was there before it.
  for (const Container& container : pod.containers | std::views::reverse) {
    if (pod.is_infra(container)) continue;
    ContainerConfig config = config_of_clone(container);
    config.name = name_of_clone(container.name, taken);
    config.pod = id;
    refer_to_clones(config, clones);
    auto clone = engine.create(config);
    if (!clone) {
      best_effort(remove_pod(engine, id, true, {}));
      return std::move(clone.error()).with_context(fmt::format("clone container '{}'", container.name));
    }
    clones[container.id] = *clone;
  }
  return id;
}

}  // namespace gantry::engine
