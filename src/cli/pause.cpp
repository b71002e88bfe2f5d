#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "cli/selection.hpp"

namespace gantry::cli {

namespace {

struct PauseArguments {
  Selection which;
  std::vector<std::string> names;
};

Result<int> pause(const Globals& globals, const PauseArguments& arguments) {
  auto engine = TRY(open_engine(globals));
  Outcomes outcomes(&failure_status);
  for (const auto& name : TRY(selected_containers(engine, arguments.names, arguments.which, Among::running)))
    outcomes(name, engine.pause(name));
  return outcomes.status();
}

Result<int> unpause(const Globals& globals, const PauseArguments& arguments) {
  auto engine = TRY(open_engine(globals));
  Outcomes outcomes(&failure_status);
  for (const auto& name : TRY(selected_containers(engine, arguments.names, arguments.which, Among::paused)))
    outcomes(name, engine.unpause(name));
  return outcomes.status();
}

constexpr options::Option kPauseWhich[] = {
    select::all('a', "Pause every running container"),
    select::cidfile(),
    select::filter('f'),
    select::latest(),
};
constexpr options::Option kUnpauseWhich[] = {
    select::all('a', "Let every paused container go on"),
    select::cidfile(),
    select::filter('f'),
    select::latest(),
};
constexpr options::Group kPauseGroups[] = {options::group<&PauseArguments::which>(kPauseWhich)};
constexpr options::Group kUnpauseGroups[] = {options::group<&PauseArguments::which>(kUnpauseWhich)};
constexpr options::Example kExamples[] = {
    {"gantry pause web", "Stop the processes of a container where they are"},
    {"gantry unpause --all", "Let all that are paused go on"},
};

}  // namespace

constinit const Command kPause = options::command<pause>({
    .name = "pause",
    .summary = "Suspend the processes of containers",
    .synopsis = "[OPTIONS] CONTAINER...",
    .description = "Stops all processes of the containers where they are, without their noticing, until `gantry "
                   "unpause`. It takes a cgroup, and so root or a delegated cgroup.",
    .examples = kExamples,
    .groups = kPauseGroups,
    .words = options::words<&PauseArguments::names>(kRunningContainers),
});

constinit const Command kUnpause = options::command<unpause>({
    .name = "unpause",
    .summary = "Let paused containers go on",
    .synopsis = "[OPTIONS] CONTAINER...",
    .description = "Lets the processes of containers go on that `gantry pause` has stopped.",
    .examples = kExamples,
    .groups = kUnpauseGroups,
    .words = options::words<&PauseArguments::names>(kRunningContainers),
});

}  // namespace gantry::cli
