#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "cli/selection.hpp"
#include "linux/process.hpp"

namespace gantry::cli {

namespace {

struct KillArguments {
  std::string signal = "KILL";
  Selection which;
  std::vector<std::string> names;
};

Result<int> kill(const Globals& globals, const KillArguments& arguments) {
  int signal = TRY(with_context(linux::parse_signal(arguments.signal), "option --signal"));
  auto engine = TRY(open_engine(globals));
  Outcomes outcomes(&failure_status);
  for (const auto& name : TRY(selected_containers(engine, arguments.names, arguments.which, Among::running)))
    outcomes(name, engine.kill(name, signal));
  return outcomes.status();
}

constexpr options::Option kOptions[] = {
    options::option<&KillArguments::signal>('s', "signal", "SIGNAL", "Signal by name or number (default KILL)"),
};
constexpr options::Option kWhich[] = {
    select::all('a', "Signal every running container"),
    select::cidfile(),
    select::filter(0),
    select::latest(),
};
constexpr options::Group kGroups[] = {options::group(kOptions), options::group<&KillArguments::which>(kWhich)};
constexpr options::Example kExamples[] = {{"gantry kill -s HUP web", "Make a server read its configuration again"}};

}  // namespace

constinit const Command kKill = options::command<kill>({
    .name = "kill",
    .summary = "Send a signal to running containers",
    .synopsis = "[OPTIONS] CONTAINER...",
    .description = "Sends a signal to the command of each container, SIGKILL unless another is given.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&KillArguments::names>(kRunningContainers),
});

}  // namespace gantry::cli
