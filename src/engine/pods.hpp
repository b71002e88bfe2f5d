#pragma once

#include "engine/engine.hpp"
#include "engine/pod_records.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

// Pods: containers that share namespaces, limits and a life. The namespaces are held by the infra container, whose only
// process is gantry-init, asleep.

namespace gantry::engine {

struct Pod {
  PodRecord record;
  std::vector<Container> containers;  ///< newest first, the infra container among them

  bool is_infra(const Container& container) const { return container.id == record.infra; }
  /// "Created", "Running", "Degraded" (some of them run), "Paused", "Exited", "Stopped", as podman says it.
  std::string_view status() const;
};

/// The new pod's id. An empty name is made up. Code::exists when it is taken.
Result<std::string> create_pod(Engine& engine, const PodConfig& config, const std::string& name,
                               const ContainerConfig& infra);
/// By name, id or a prefix of it; Code::not_found otherwise.
Result<Pod> find_pod(Engine& engine, const std::string& name);
/// Newest first.
Result<std::vector<Pod>> list_pods(Engine& engine);
/// The names of all pods by their ids.
Result<std::map<std::string, std::string>> pod_names(Engine& engine);

/// For a container whose pod is "new:NAME": makes it, with the container's published ports.
Result<> make_new_pod(Engine& engine, ContainerConfig& config);
/// What a container of `config.pod`, a name or id, shares with the others, and whom it needs.
Result<> join_pod(Engine::State& state, ContainerConfig& config);

/// The infra container first, then those that do not run yet.
Result<> start_pod(Engine& engine, const std::string& name);
/// All at the same time, the infra container at last.
Result<> stop_pod(Engine& engine, const std::string& name, std::optional<unsigned> timeout);
Result<> restart_pod(Engine& engine, const std::string& name);
Result<> kill_pod(Engine& engine, const std::string& name, int signal);
Result<> pause_pod(Engine& engine, const std::string& name);
Result<> unpause_pod(Engine& engine, const std::string& name);
/// With its containers. Code::busy without `force` while one of them, other than the infra container, is there. Returns
/// the id.
Result<std::string> remove_pod(Engine& engine, const std::string& name, bool force, std::optional<unsigned> timeout);

}  // namespace gantry::engine
