#include "engine/pods.hpp"

#include "base/file.hpp"
#include "base/id.hpp"
#include "engine/names.hpp"
#include "engine/state.hpp"

#include <algorithm>
#include <utility>

namespace gantry::engine {

namespace {

Result<PodRecords> records_of(Engine& engine) { return PodRecords(TRY(engine.state().records())->database()); }

void report(Engine& engine, const PodRecord& pod, std::string_view what) {
  Event event{.time = now(), .type = "pod", .status = std::string(what), .id = pod.id, .name = pod.name};
  event.attributes = pod.config.labels;
  best_effort(engine.state().events().append(event));
}

bool shares(const PodConfig& config, std::string_view kind) {
  return std::ranges::find(config.share, kind) != config.share.end();
}

/// The root of every infra container: empty, and read-only there.
Result<std::string> infra_root(const std::string& root) {
  const std::string folder = root + "/infra";
  TRY(make_folders(folder, 0755));
  return folder;
}

Result<std::string> create_infra(Engine& engine, const PodRecord& pod, ContainerConfig config) {
  constexpr const char* kProgram = "/pause";
  config.rootfs = TRY(infra_root(engine.state().settings.root));
  config.read_only = true;
  config.mounts.push_back({.source = engine.state().settings.init, .target = kProgram, .options = {"ro", "bind"}});
  config.entrypoint = {kProgram};
  config.command = {"--pause"};
  config.hostname = pod.config.hostname.empty() ? pod.name.substr(0, 64) : pod.config.hostname;
  config.name = pod.id.substr(0, 12) + "-infra";
  config.pod = pod.id;
  config.detach = true;
  return with_context(engine.create(config), "make the infra container of pod '{}'", pod.name);
}

Result<std::vector<Container>> containers_of(Engine& engine, const PodRecord& pod) {
  return engine.list({.all = true, .conditions = {{"pod", pod.id}}});
}

/// The ids of the pod's containers for which `wanted` holds, the infra container among them or not.
template <class Wanted>
std::vector<std::string> ids(const Pod& pod, bool infra, Wanted wanted) {
  std::vector<std::string> all;
  for (const auto& container : pod.containers)
    if ((infra || !pod.is_infra(container)) && wanted(container)) all.push_back(container.id);
  return all;
}

bool any(const Container&) { return true; }
bool runs(const Container& container) { return container.running() || container.status == Status::restarting; }

/// Goes on after a failure and returns the last.
template <class Work>
Result<> for_each(const std::vector<std::string>& ids, Work work) {
  Result<> result;
  for (const auto& id : ids)
    if (auto done = work(id); !done && done.error().code() != Code::not_found) result = std::move(done.error());
  return result;
}

Result<> stop_all(Engine& engine, const std::vector<std::string>& ids, std::optional<unsigned> timeout) {
  Result<> result;
  engine.stop(ids, timeout, [&](const std::string&, Result<> done) {
    if (!done && done.error().code() != Code::not_found) result = std::move(done.error());
  });
  return result;
}

}  // namespace

std::string_view Pod::status() const {
  std::size_t running = 0, paused = 0, created = 0, all = 0;
  for (const auto& container : containers) {
    ++all;
    running += container.status == Status::running || container.status == Status::restarting;
    paused += container.status == Status::paused;
    created += container.status == Status::created;
  }
  if (created == all) return "Created";
  if (running == all) return "Running";
  if (paused == all) return "Paused";
  if (running + paused == 0) return "Exited";
  return "Degraded";
}

Result<std::string> create_pod(Engine& engine, const PodConfig& config, const std::string& name,
                               const ContainerConfig& infra) {
  if (!name.empty()) TRY(with_context(check_name(name), "pod"));
  PodRecords records = TRY(records_of(engine));
  PodRecord pod{.id = random_hex(32), .name = name, .created = now(), .infra = {}, .config = config};
  if (pod.name.empty()) pod.name = random_name();
  TRY(records.insert(pod));
  if (!config.no_infra) {
    auto made = create_infra(engine, pod, infra);
    if (made)
      made = [&]() -> Result<std::string> {
        TRY(records.set_infra(pod.id, *made));
        return *made;
      }();
    if (!made) {
      best_effort(records.erase(pod.id));
      return std::move(made.error());
    }
  }
  report(engine, pod, "create");
  return pod.id;
}

Result<Pod> find_pod(Engine& engine, const std::string& name) {
  PodRecords records = TRY(records_of(engine));
  Pod pod{.record = TRY(records.find(name)), .containers = {}};
  pod.containers = TRY(containers_of(engine, pod.record));
  return pod;
}

Result<std::vector<Pod>> list_pods(Engine& engine) {
  PodRecords records = TRY(records_of(engine));
  std::vector<Pod> pods;
  std::map<std::string, std::size_t> places;
  for (auto& record : TRY(records.list())) {
    places[record.id] = pods.size();
    pods.push_back({.record = std::move(record), .containers = {}});
  }
  if (pods.empty()) return pods;
  for (auto& container : TRY(engine.list({.all = true, .conditions = {}})))
    if (auto place = places.find(container.config.pod); place != places.end())
      pods[place->second].containers.push_back(std::move(container));
  return pods;
}

Result<std::map<std::string, std::string>> pod_names(Engine& engine) {
  PodRecords records = TRY(records_of(engine));
  std::map<std::string, std::string> names;
  for (auto& record : TRY(records.list())) names[record.id] = std::move(record.name);
  return names;
}

Result<> make_new_pod(Engine& engine, ContainerConfig& config) {
  constexpr std::string_view kNew = "new:";
  if (!config.pod.starts_with(kNew)) return {};
  ContainerConfig infra;
  infra.network = config.network;
  infra.networks = config.networks;
  infra.ports = std::exchange(config.ports, {});
  config.pod = TRY(create_pod(engine, {.hostname = {}, .labels = {}, .share = {"ipc", "net", "uts"}},
                              config.pod.substr(kNew.size()), infra));
  return {};
}

Result<> join_pod(Engine::State& state, ContainerConfig& config) {
  if (config.pod.empty()) return {};
  const PodRecord pod = TRY(PodRecords(TRY(state.records())->database()).find(config.pod));
  config.pod = pod.id;
  if (config.restart.policy.empty()) config.restart.policy = pod.config.restart_policy;
  if (config.cgroup_parent.empty()) config.cgroup_parent = pod.config.cgroup_parent;
  if (pod.infra.empty()) return {};
  const std::string infra = "container:" + pod.infra;
  if (shares(pod.config, "net")) {
    if (!config.ports.empty())
      return fail(Code::invalid, "ports cannot be published by a container of pod '{}'", pod.name)
          .with_cure("publish them with: gantry pod create -p");
    config.network = infra;
    config.networks.clear();
  }
  if (shares(pod.config, "ipc")) config.ipc = infra;
  if (shares(pod.config, "uts")) config.uts = infra;
  if (shares(pod.config, "pid")) config.pid = infra;
  if (shares(pod.config, "cgroup")) config.cgroupns = infra;
  if (std::ranges::find(config.needs, pod.infra) == config.needs.end()) config.needs.push_back(pod.infra);
  return {};
}

Result<> start_pod(Engine& engine, const std::string& name) {
  const Pod pod = TRY(find_pod(engine, name));
  if (!pod.record.infra.empty()) TRY(engine.start(pod.record.infra));
  auto resting = ids(pod, false, [](const Container& container) { return !container.running(); });
  std::ranges::reverse(resting);  // in the order in which they were made
  TRY(for_each(resting, [&](const std::string& id) { return engine.start(id); }));
  report(engine, pod.record, "start");
  return {};
}

Result<> stop_pod(Engine& engine, const std::string& name, std::optional<unsigned> timeout) {
  const Pod pod = TRY(find_pod(engine, name));
  TRY(stop_all(engine, ids(pod, false, any), timeout));
  if (!pod.record.infra.empty()) TRY(stop_all(engine, {pod.record.infra}, timeout));
  report(engine, pod.record, "stop");
  return {};
}

Result<> restart_pod(Engine& engine, const std::string& name) {
  TRY(stop_pod(engine, name, {}));
  return start_pod(engine, name);
}

Result<> kill_pod(Engine& engine, const std::string& name, int signal) {
  const Pod pod = TRY(find_pod(engine, name));
  TRY(for_each(ids(pod, true, runs), [&](const std::string& id) { return engine.kill(id, signal); }));
  report(engine, pod.record, "kill");
  return {};
}

Result<> pause_pod(Engine& engine, const std::string& name) {
  const Pod pod = TRY(find_pod(engine, name));
  const auto running = ids(pod, true, [](const Container& one) { return one.status == Status::running; });
  TRY(for_each(running, [&](const std::string& id) { return engine.pause(id); }));
  report(engine, pod.record, "pause");
  return {};
}

Result<> unpause_pod(Engine& engine, const std::string& name) {
  const Pod pod = TRY(find_pod(engine, name));
  const auto paused = ids(pod, true, [](const Container& one) { return one.status == Status::paused; });
  TRY(for_each(paused, [&](const std::string& id) { return engine.unpause(id); }));
  report(engine, pod.record, "unpause");
  return {};
}

Result<std::string> remove_pod(Engine& engine, const std::string& name, bool force, std::optional<unsigned> timeout) {
  const Pod pod = TRY(find_pod(engine, name));
  const auto members = ids(pod, false, any);
  const bool busy = !ids(pod, false, runs).empty();
  if (busy && !force)
    return fail(Code::busy, "pod '{}' has running containers", name)
        .with_cure(fmt::format("stop it first, or use: gantry pod rm -f {}", name));
  Result<> result;
  auto done = [&](const std::string&, Result<> removed) {
    if (!removed && removed.error().code() != Code::not_found) result = std::move(removed.error());
  };
  engine.remove(members, true, timeout, done);
  if (!pod.record.infra.empty()) engine.remove({pod.record.infra}, true, timeout, done);
  TRY(std::move(result));
  TRY(TRY(records_of(engine)).erase(pod.record.id));
  report(engine, pod.record, "remove");
  return pod.record.id;
}

}  // namespace gantry::engine
