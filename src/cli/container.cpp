#include "cli/commands.hpp"
#include "cli/container_commands.hpp"
#include "cli/context.hpp"
#include "cli/inspections.hpp"
#include "engine/startup_health.hpp"
#include "linux/process.hpp"

#include <unistd.h>

namespace gantry::cli {

namespace {

struct Inspect {
  std::string format;
  std::vector<std::string> names;
};
Result<int> inspect(const Globals& globals, const Inspect& arguments) {
  auto engine = TRY(open_engine(globals));
  return print_inspections(arguments.names, arguments.format,
                           [&](const std::string& name) { return engine.inspect(name); });
}
constexpr options::Option kInspectOptions[] = {
    options::option<&Inspect::format>('f', "format", "FORMAT", "Print by a Go template, each object on its own"),
};
constexpr options::Group kInspectGroups[] = {options::group(kInspectOptions)};
constexpr options::Words some_containers() {
  options::Words words = kContainers;
  words.least = 1;
  return words;
}
constinit const Command kContainerInspect = options::command<inspect>({
    .name = "inspect",
    .summary = "Print everything about containers",
    .synopsis = "[OPTIONS] CONTAINER...",
    .description = "Prints an array of JSON objects with the fields that podman and docker have.",
    .groups = kInspectGroups,
    .words = options::words<&Inspect::names>(some_containers()),
});

struct Names {
  std::vector<std::string> names;
};
constexpr options::Words kOneContainer{
    .name = "CONTAINER", .least = 1, .most = 1, .first = options::Completes::containers};

Result<int> exists(const Globals& globals, const Names& arguments) {
  auto engine = TRY(open_engine(globals));
  auto found = engine.find(arguments.names[0]);
  if (!found && found.error().code() == Code::not_found) return 1;
  TRY(std::move(found));
  return 0;
}
constinit const Command kExists = options::command<exists>({
    .name = "exists",
    .summary = "Tell whether a container exists",
    .synopsis = "CONTAINER",
    .description = "Prints nothing. The exit status is 0 when the container exists and 1 when it does not.",
    .words = options::words<&Names::names>(kOneContainer),
});

/// What gantry-monitor runs when a container has ended.
Result<int> cleanup(const Globals& globals, const Names& arguments) {
  // It may have to start the container again.
  auto engine = TRY(open_starting_engine(globals));
  TRY(engine.cleanup(arguments.names[0]));
  return 0;
}
constinit const Command kCleanup = options::command<cleanup>({
    .name = "cleanup",
    .summary = "Give back what a container held that has ended",
    .synopsis = "CONTAINER",
    .description = "Run by gantry-monitor at the end of every container.",
    .words = options::words<&Names::names>(kOneContainer),
    .hidden = true,
});

/// Does what a container's health check asks for, in a process of its own: it may end the container, whose monitor then
/// ends the check.
template <class Work>
Result<> apart(const Globals& globals, Work work) {
  if (TRY(linux::clone_process({})).pid != 0) return {};
  if (auto engine = open_starting_engine(globals)) work(*engine);
  _exit(0);
}

/// What gantry-monitor runs from time to time.
Result<int> probe(const Globals& globals, const Names& arguments) {
  auto engine = TRY(open_starting_engine(globals));
  const auto startup = TRY(engine::check_startup(engine, arguments.names[0]));
  if (startup == engine::Startup::failed)
    TRY(apart(globals, [&](engine::Engine& other) {
      other.restart({arguments.names[0]}, {}, [](const std::string&, const Result<>& done) { best_effort(done); });
    }));
  if (startup != engine::Startup::none) return startup == engine::Startup::passed ? 0 : 1;
  const auto health = TRY(engine.check_health(arguments.names[0]));
  if (health.changed && health.status == "unhealthy")
    TRY(apart(globals, [&](engine::Engine& other) { best_effort(other.act_on_unhealthy(arguments.names[0])); }));
  return health.log.back().exit_code == 0 ? 0 : 1;
}
constinit const Command kProbe = options::command<probe>({
    .name = "probe",
    .summary = "Check the health of a container",
    .synopsis = "CONTAINER",
    .description = "Run by gantry-monitor in the intervals of the container's health check.",
    .words = options::words<&Names::names>(kOneContainer),
    .hidden = true,
});

constexpr const Command* kCommands[] = {
    &kAttach, &kCleanup, &kContainerClone,   &kCommit, &kCp,   &kCreate,      &kDiff,           &kExec,
    &kExists, &kExport,  &kContainerInspect, &kKill,   &kLogs, &kContainerLs, &kContainerPrune, &kPause,
    &kProbe,  &kRename,  &kRestart,          &kRm,     &kRun,  &kStart,       &kStats,          &kStop,
    &kTop,    &kUnpause, &kUpdate,           &kWait,
};

}  // namespace

constinit const Command kContainer = {
    .name = "container",
    .summary = "Work with containers",
    .synopsis = "COMMAND",
    .description = "The commands about containers in one place; most can be given without the word `container`.",
    .commands = kCommands,
};

}  // namespace gantry::cli
