#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "cli/selection.hpp"

#include <climits>
#include <functional>

namespace gantry::cli {

namespace {

struct RestartArguments {
  std::optional<unsigned> time;
  bool running = false;
  Selection which;
  std::vector<std::string> names;
};

Result<int> restart(const Globals& globals, const RestartArguments& arguments) {
  auto engine = TRY(open_starting_engine(globals));
  auto which = arguments.which;
  which.all |= arguments.running && arguments.names.empty();
  const auto among = arguments.running ? Among::running : Among::every;
  const auto names = TRY(selected_containers(engine, arguments.names, which, among));
  Outcomes outcomes(&failure_status);
  engine.restart(names, arguments.time, std::ref(outcomes));
  return outcomes.status();
}

constexpr options::Option kOptions[] = {
    options::option<&RestartArguments::time, options::read_between<0, INT_MAX, unsigned>>(
        't', "time", "SECONDS", "How long to wait for its end (default: as it was made, or 10)")
        .also("timeout"),
    options::flag<&RestartArguments::running>(0, "running", "Restart every container that runs"),
};
constexpr options::Option kWhich[] = {
    select::all('a', "Restart every container, and start those that do not run"),
    select::cidfile(),
    select::filter('f'),
    select::latest(),
};
constexpr options::Group kGroups[] = {options::group(kOptions), options::group<&RestartArguments::which>(kWhich)};
constexpr options::Example kExamples[] = {
    {"gantry restart web", "Stop a container and start it again"},
    {"gantry restart -t 0 --running", "Restart all that run, at once"},
};

}  // namespace

constinit const Command kRestart = options::command<restart>({
    .name = "restart",
    .summary = "Stop containers and start them again",
    .synopsis = "[OPTIONS] CONTAINER...",
    .description = "Stops the containers as `gantry stop` does, all at the same time, and starts each again. One that "
                   "does not run is started.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&RestartArguments::names>(kContainers),
});

}  // namespace gantry::cli
