#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "linux/process.hpp"
#include "options/print.hpp"

namespace gantry::cli {

namespace {

struct KillArguments {
  std::string signal = "KILL";
  bool all = false;
  std::vector<std::string> names;
};

int kill_status(const Error&) { return 125; }

Result<int> kill(const Globals& globals, const KillArguments& arguments) {
  int signal = TRY(with_context(linux::parse_signal(arguments.signal), "option --signal"));
  auto engine = TRY(open_engine(globals));
  return for_each_name(
      TRY(chosen_containers(engine, arguments.names, arguments.all, Among::running)),
      [&](const std::string& name) -> Result<> {
        TRY(engine.kill(name, signal));
        return options::print(name + "\n");
      },
      &kill_status);
}

constexpr options::Option kOptions[] = {
    options::option<&KillArguments::signal>('s', "signal", "SIGNAL", "Signal by name or number (default KILL)"),
    options::flag<&KillArguments::all>('a', "all", "Signal every running container"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};
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
