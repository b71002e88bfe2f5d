#include "cli/logs_view.hpp"
#include "cli/pod_commands.hpp"
#include "cli/stats_view.hpp"
#include "cli/top_view.hpp"

namespace gantry::cli {

namespace {

Result<engine::Pod> pod_of(engine::Engine& engine, const std::vector<std::string>& words) {
  if (!words.empty()) return engine::find_pod(engine, words.front());
  auto pods = TRY(engine::list_pods(engine));
  if (pods.empty()) return fail(Code::not_found, "there is no pod").with_cure("make one with: gantry pod create");
  return std::move(pods.front());
}

/// Its containers but the infra container, the oldest first.
std::vector<engine::Container> members(const engine::Pod& pod) {
  std::vector<engine::Container> all;
  for (auto one = pod.containers.rbegin(); one != pod.containers.rend(); ++one)
    if (!pod.is_infra(*one)) all.push_back(*one);
  return all;
}

struct PodLogsArguments {
  std::string container;
  LogsOptions how;
  std::vector<std::string> words;
};

Result<int> pod_logs(const Globals& globals, const PodLogsArguments& arguments) {
  std::vector<std::string> names;
  if (!arguments.container.empty()) {
    names.push_back(arguments.container);
  } else {
    auto engine = TRY(open_engine(globals));
    for (const auto& container : members(TRY(pod_of(engine, arguments.words)))) names.push_back(container.id);
  }
  return show_logs(globals, arguments.how, names);
}

constexpr options::Option kPodLogsOptions[] = {
    options::option<&PodLogsArguments::container>('c', "container", "CONTAINER", "Of one of its containers only"),
};
constexpr options::Group kLogsGroups[] = {options::group<&PodLogsArguments::how>(kLogsOptions),
                                          options::group(kPodLogsOptions)};

struct PodStatsArguments {
  StatsOptions how;
  bool all = false;
  std::vector<std::string> names;
};

Result<std::vector<engine::Container>> running_members(engine::Engine& engine, const std::vector<std::string>& names) {
  std::vector<engine::Container> all;
  auto add = [&](const engine::Pod& pod) {
    for (const auto& container : pod.containers)
      if (container.running()) all.push_back(container);
  };
  for (const auto& name : names) add(TRY(engine::find_pod(engine, name)));
  if (names.empty())
    for (const auto& pod : TRY(engine::list_pods(engine))) add(pod);
  return all;
}

Result<int> pod_stats(const Globals& globals, const PodStatsArguments& arguments) {
  auto engine = TRY(open_engine(globals));
  return show_stats(engine, arguments.how, [&] { return running_members(engine, arguments.names); });
}

constexpr options::Option kPodStatsOptions[] = {
    options::flag<&PodStatsArguments::all>('a', "all", "Of every pod, as without a name"),
};
constexpr options::Group kStatsGroups[] = {options::group<&PodStatsArguments::how>(kStatsOptions),
                                           options::group(kPodStatsOptions)};

struct PodTopArguments {
  std::vector<std::string> words;
};

Result<int> pod_top(const Globals& globals, const PodTopArguments& arguments) {
  auto engine = TRY(open_engine(globals));
  std::vector<engine::ProcessInfo> processes;
  for (const auto& container : TRY(pod_of(engine, arguments.words)).containers) {
    if (!container.running()) continue;
    for (auto& process : TRY(engine.processes(container.id))) processes.push_back(std::move(process));
  }
  return print_processes(processes, {arguments.words.begin() + 1, arguments.words.end()});
}

}  // namespace

constinit const Command kPodLogs = options::command<pod_logs>({
    .name = "logs",
    .summary = "Print what the containers of a pod have written",
    .synopsis = "[OPTIONS] POD",
    .description = "Prints the logs of a pod's containers, with the container in front of each line.",
    .groups = kLogsGroups,
    .words = options::words<&PodLogsArguments::words>({.name = "POD", .most = 1}),
});

constinit const Command kPodStats = options::command<pod_stats>({
    .name = "stats",
    .summary = "Show what pods use",
    .synopsis = "[OPTIONS] [POD...]",
    .description = "Shows what `gantry stats` does of the containers of pods, all of them without a name.",
    .groups = kStatsGroups,
    .words = options::words<&PodStatsArguments::names>({.name = "POD"}),
});

constinit const Command kPodTop = options::command<pod_top>({
    .name = "top",
    .summary = "Show the processes of a pod",
    .synopsis = "POD [COLUMN...]",
    .description = "Shows the processes that run in a pod's containers, as `gantry top` does.",
    .words = options::words<&PodTopArguments::words>({.name = "POD", .least = 1, .command_line = true}),
});

}  // namespace gantry::cli
