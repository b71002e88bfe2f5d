#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "options/print.hpp"

#include <climits>

namespace gantry::cli {

namespace {

struct StopArguments {
  std::optional<unsigned> time;
  bool ignore = false;
  bool all = false;
  std::vector<std::string> names;
};

int stop_status(const Error&) { return 125; }

Result<int> stop(const Globals& globals, const StopArguments& arguments) {
  auto engine = TRY(open_engine(globals));
  return for_each_name(
      TRY(chosen_containers(engine, arguments.names, arguments.all, Among::running)),
      [&](const std::string& name) -> Result<> {
        auto stopped = engine.stop(name, arguments.time);
        if (!stopped && stopped.error().code() == Code::not_found && arguments.ignore) return {};
        TRY(std::move(stopped));
        return options::print(name + "\n");
      },
      &stop_status);
}

constexpr options::Option kOptions[] = {
    options::option<&StopArguments::time, options::read_between<0, INT_MAX, unsigned>>(
        't', "time", "SECONDS", "How long to wait for its end (default: as it was made, or 10)")
        .also("timeout"),
    options::flag<&StopArguments::ignore>('i', "ignore", "Do not complain about containers that do not exist"),
    options::flag<&StopArguments::all>('a', "all", "Stop every running container"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};
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
                   "has not ended after a while. One that does not run is left alone.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&StopArguments::names>(kRunningContainers),
});

}  // namespace gantry::cli
