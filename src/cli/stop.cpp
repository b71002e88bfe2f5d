#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "cli/selection.hpp"

#include <climits>
#include <functional>

namespace gantry::cli {

namespace {

struct StopArguments {
  std::optional<unsigned> time;
  bool ignore = false;
  Selection which;
  std::vector<std::string> names;
};

Result<int> stop(const Globals& globals, const StopArguments& arguments) {
  auto engine = TRY(open_engine(globals));
  const auto names =
      TRY(selected_containers(engine, arguments.names, arguments.which, Among::running, arguments.ignore));
  Outcomes outcomes(&failure_status, arguments.ignore);
  engine.stop(names, arguments.time, std::ref(outcomes));
  return outcomes.status();
}

constexpr options::Option kOptions[] = {
    options::option<&StopArguments::time, options::read_between<0, INT_MAX, unsigned>>(
        't', "time", "SECONDS", "How long to wait for its end (default: as it was made, or 10)")
        .also("timeout"),
    options::flag<&StopArguments::ignore>('i', "ignore", "Do not complain about containers that do not exist"),
};
constexpr options::Option kWhich[] = {
    select::all('a', "Stop every running container"),
    select::cidfile(),
    select::filter('f'),
    select::latest(),
};
constexpr options::Group kGroups[] = {options::group(kOptions), options::group<&StopArguments::which>(kWhich)};
constexpr options::Example kExamples[] = {
    {"gantry stop web", "Stop a container"},
    {"gantry stop -t 0 --all", "Stop all of them at once"},
};

}  // namespace

constinit const Command kStop = options::command<stop>({
    .name = "stop",
    .summary = "Stop running containers",
    .synopsis = "[OPTIONS] CONTAINER...",
    .description = "Sends the container its stop signal, SIGTERM unless it was made with another, and kills it if it "
                   "has not ended after a while. One that does not run is left alone. Several are stopped at the "
                   "same time, and their names are printed as they end.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&StopArguments::names>(kRunningContainers),
});

}  // namespace gantry::cli
