#include "cli/commands.hpp"
#include "cli/logs_view.hpp"
#include "cli/selection.hpp"

namespace gantry::cli {

namespace {

struct LogsArguments {
  bool latest = false;
  LogsOptions how;
  std::vector<std::string> names;
};

Result<int> logs(const Globals& globals, const LogsArguments& arguments) {
  auto names = arguments.names;
  if (arguments.latest) {
    auto engine = TRY(open_engine(globals));
    names.push_back(TRY(latest_container(engine)));
  }
  if (names.empty()) return fail(Code::invalid, "no container is named").with_cure("name one, or give --latest");
  return show_logs(globals, arguments.how, names);
}

constexpr options::Option kOptions[] = {
    options::flag<&LogsArguments::latest>('l', "latest", "Of the container that was made last"),
};
constexpr options::Group kGroups[] = {options::group<&LogsArguments::how>(kLogsOptions), options::group(kOptions)};
constexpr options::Example kExamples[] = {
    {"gantry logs -f --tail 20 web", "Watch a server"},
    {"gantry logs --since 1h web 2>errors", "Keep what it said on stderr in the last hour"},
    {"gantry logs -f --names web db", "Watch two at once"},
};

}  // namespace

constinit const Command kLogs = options::command<logs>({
    .name = "logs",
    .summary = "Print what containers have written",
    .synopsis = "[OPTIONS] CONTAINER...",
    .description = "Prints what the command of each container wrote: stdout to stdout and stderr to stderr.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&LogsArguments::names>(kContainers),
});

}  // namespace gantry::cli
