#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/confirm.hpp"
#include "cli/context.hpp"
#include "cli/pod_commands.hpp"
#include "linux/process.hpp"
#include "options/print.hpp"

#include <climits>
#include <functional>

namespace gantry::cli {

namespace {

/// Which pods a command works on.
struct PodSelection {
  bool all = false;
  bool latest = false;
  std::vector<std::string> id_files;
};

consteval options::Option all_pods(std::string_view help) {
  return options::flag<&PodSelection::all>('a', "all", help);
}
consteval options::Option latest_pod() {
  return options::flag<&PodSelection::latest>('l', "latest", "Choose the pod that was made last");
}
consteval options::Option pod_id_file() {
  return options::option<&PodSelection::id_files>(0, "pod-id-file", "FILE", "Choose the pod whose ID is in a file")
      .completing(options::Completes::files);
}
constexpr options::Option kWhich[] = {all_pods("Choose every pod"), latest_pod(), pod_id_file()};

Result<std::vector<std::string>> selected_pods(engine::Engine& engine, const PodSelection& which,
                                               std::vector<std::string> names) {
  for (const auto& file : which.id_files)
    names.emplace_back(trim(TRY(with_context(read_file(file), "option --pod-id-file"))));
  if (names.empty() && !which.all && !which.latest)
    return fail(Code::invalid, "no pod is named").with_cure("name one, or give --all");
  if (!names.empty() + which.all + which.latest > 1)
    return fail(Code::invalid, "names, --all and --latest exclude each other").with_cure("leave all out but one");
  if (!names.empty()) return names;
  for (const auto& pod : TRY(engine::list_pods(engine))) {
    names.push_back(pod.record.id);
    if (which.latest) break;
  }
  return names;
}

struct PodNames {
  PodSelection which;
  std::vector<std::string> names;
};

using PodWork = Result<> (*)(engine::Engine& engine, const std::string& name);

template <PodWork Work>
Result<int> work_on_pods(const Globals& globals, const PodNames& arguments) {
  auto engine = TRY(open_starting_engine(globals));
  Outcomes outcomes(&failure_status);
  for (const auto& name : TRY(selected_pods(engine, arguments.which, arguments.names)))
    outcomes(name, Work(engine, name));
  return outcomes.status();
}

constexpr options::Group kNamesGroups[] = {options::group<&PodNames::which>(kWhich)};

template <PodWork Work>
consteval Command pod_command(std::string_view name, std::string_view summary, std::string_view description) {
  return options::command<work_on_pods<Work>>({
      .name = name,
      .summary = summary,
      .synopsis = "[OPTIONS] POD...",
      .description = description,
      .groups = kNamesGroups,
      .words = options::words<&PodNames::names>({.name = "POD"}),
  });
}

struct PodStopArguments {
  std::optional<unsigned> time;
  bool ignore = false;
  PodSelection which;
  std::vector<std::string> names;
};

Result<int> stop_pods(const Globals& globals, const PodStopArguments& arguments) {
  auto engine = TRY(open_engine(globals));
  Outcomes outcomes(&failure_status, arguments.ignore);
  for (const auto& name : TRY(selected_pods(engine, arguments.which, arguments.names)))
    outcomes(name, engine::stop_pod(engine, name, arguments.time));
  return outcomes.status();
}

constexpr options::Option kStopOptions[] = {
    options::option<&PodStopArguments::time, options::read_between<0, INT_MAX, unsigned>>(
        't', "time", "SECONDS", "How long to wait for the end of its containers (default: as they were made, or 10)")
        .also("timeout"),
    options::flag<&PodStopArguments::ignore>('i', "ignore", "Do not complain about pods that do not exist"),
};
constexpr options::Group kStopGroups[] = {options::group(kStopOptions),
                                          options::group<&PodStopArguments::which>(kWhich)};

struct PodKillArguments {
  std::string signal = "KILL";
  PodSelection which;
  std::vector<std::string> names;
};

Result<int> kill_pods(const Globals& globals, const PodKillArguments& arguments) {
  const int signal = TRY(with_context(linux::parse_signal(arguments.signal), "option --signal"));
  auto engine = TRY(open_engine(globals));
  Outcomes outcomes(&failure_status);
  for (const auto& name : TRY(selected_pods(engine, arguments.which, arguments.names)))
    outcomes(name, engine::kill_pod(engine, name, signal));
  return outcomes.status();
}

constexpr options::Option kKillOptions[] = {
    options::option<&PodKillArguments::signal>('s', "signal", "SIGNAL", "Signal by name or number (default KILL)"),
};
constexpr options::Group kKillGroups[] = {options::group(kKillOptions),
                                          options::group<&PodKillArguments::which>(kWhich)};

struct PodRmArguments {
  bool force = false;
  bool ignore = false;
  std::optional<unsigned> time;
  PodSelection which;
  std::vector<std::string> names;
};

Result<int> remove_pods(const Globals& globals, const PodRmArguments& arguments) {
  auto engine = TRY(open_engine(globals));
  Outcomes outcomes(&removal_status, arguments.ignore || arguments.force);
  for (const auto& name : TRY(selected_pods(engine, arguments.which, arguments.names))) {
    auto removed = engine::remove_pod(engine, name, arguments.force, arguments.time);
    // podman prints the id, whatever the pod was called by.
    const std::string shown = removed ? *removed : name;
    outcomes(shown, removed ? Result<>() : Result<>(std::move(removed.error())));
  }
  return outcomes.status();
}

constexpr options::Option kRmOptions[] = {
    options::flag<&PodRmArguments::force>('f', "force", "Kill running containers, and ignore missing pods"),
    options::flag<&PodRmArguments::ignore>('i', "ignore", "Do not complain about pods that do not exist"),
    options::option<&PodRmArguments::time, options::read_between<0, INT_MAX, unsigned>>(
        't', "time", "SECONDS", "With --force: how long to wait for the end before killing (default 0)"),
};
constexpr options::Group kRmGroups[] = {options::group(kRmOptions), options::group<&PodRmArguments::which>(kWhich)};

struct PodPruneArguments {
  bool force = false;
};

Result<int> prune_pods(const Globals& globals, const PodPruneArguments& arguments) {
  if (!arguments.force && !TRY(confirmed("This command removes all pods whose containers have ended."))) return 0;
  auto engine = TRY(open_engine(globals));
  Outcomes outcomes(&removal_status);
  for (const auto& pod : TRY(engine::list_pods(engine))) {
    if (pod.status() != "Exited" && !(pod.containers.empty() && pod.record.infra.empty())) continue;
    auto removed = engine::remove_pod(engine, pod.record.id, false, {});
    outcomes(pod.record.id, removed ? Result<>() : Result<>(std::move(removed.error())));
  }
  return outcomes.status();
}

constexpr options::Option kPruneOptions[] = {
    options::flag<&PodPruneArguments::force>('f', "force", "Do not ask"),
};
constexpr options::Group kPruneGroups[] = {options::group(kPruneOptions)};

struct PodExistsArguments {
  std::vector<std::string> names;
};

Result<int> pod_exists(const Globals& globals, const PodExistsArguments& arguments) {
  auto engine = TRY(open_engine(globals));
  auto found = engine::find_pod(engine, arguments.names[0]);
  if (!found && found.error().code() == Code::not_found) return 1;
  TRY(std::move(found));
  return 0;
}

}  // namespace

constinit const Command kPodStart =
    pod_command<&engine::start_pod>("start", "Start the containers of pods",
                                    "Starts the containers of the pods that do not run, the infra container first.");
constinit const Command kPodRestart = pod_command<&engine::restart_pod>(
    "restart", "Stop the containers of pods and start them again", "Stops and starts all containers of the pods.");
constinit const Command kPodPause = pod_command<&engine::pause_pod>(
    "pause", "Suspend the processes of pods", "Pauses all containers of the pods, as `gantry pause` does.");
constinit const Command kPodUnpause = pod_command<&engine::unpause_pod>(
    "unpause", "Let paused pods go on", "Lets all containers of the pods go on that are paused.");

constinit const Command kPodStop = options::command<stop_pods>({
    .name = "stop",
    .summary = "Stop the containers of pods",
    .synopsis = "[OPTIONS] POD...",
    .description = "Stops all containers of the pods as `gantry stop` does, the infra container at last.",
    .groups = kStopGroups,
    .words = options::words<&PodStopArguments::names>({.name = "POD"}),
});

constinit const Command kPodKill = options::command<kill_pods>({
    .name = "kill",
    .summary = "Send a signal to the containers of pods",
    .synopsis = "[OPTIONS] POD...",
    .description = "Sends a signal to all running containers of the pods, SIGKILL unless another is given.",
    .groups = kKillGroups,
    .words = options::words<&PodKillArguments::names>({.name = "POD"}),
});

constinit const Command kPodRm = options::command<remove_pods>({
    .name = "rm",
    .summary = "Remove pods and their containers",
    .synopsis = "[OPTIONS] POD...",
    .description = "Removes pods with all their containers. The exit status is 1 if a pod does not exist, 2 if one has "
                   "running containers and --force was not given, and 125 if a removal failed otherwise.",
    .groups = kRmGroups,
    .words = options::words<&PodRmArguments::names>({.name = "POD"}),
});

constinit const Command kPodPrune = options::command<prune_pods>({
    .name = "prune",
    .summary = "Remove pods that have ended",
    .synopsis = "[OPTIONS]",
    .description = "Removes the pods all of whose containers have ended, and prints their identifiers.",
    .groups = kPruneGroups,
});

constinit const Command kPodExists = options::command<pod_exists>({
    .name = "exists",
    .summary = "Tell whether a pod exists",
    .synopsis = "POD",
    .description = "Prints nothing. The exit status is 0 when the pod exists and 1 when it does not.",
    .words = options::words<&PodExistsArguments::names>({.name = "POD", .least = 1, .most = 1}),
});

}  // namespace gantry::cli
