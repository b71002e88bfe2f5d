#include "cli/commands.hpp"
#include "cli/selection.hpp"
#include "cli/stats_view.hpp"

#include <algorithm>

namespace gantry::cli {

namespace {

struct StatsArguments {
  bool all = false;
  bool latest = false;
  StatsOptions how;
  std::vector<std::string> names;
};

Result<std::vector<engine::Container>> choose(engine::Engine& engine, const StatsArguments& arguments) {
  std::vector<engine::Container> chosen;
  if (arguments.latest) {
    chosen.push_back(TRY(engine.find(TRY(latest_container(engine)))));
  } else if (arguments.names.empty()) {
    chosen = TRY(engine.list({.all = false, .conditions = {}}));
  } else {
    for (const auto& name : arguments.names) chosen.push_back(TRY(engine.find(name)));
  }
  std::erase_if(chosen, [](const engine::Container& container) { return !container.running(); });
  return chosen;
}

Result<int> stats(const Globals& globals, const StatsArguments& arguments) {
  if ((arguments.all || arguments.latest) && !arguments.names.empty())
    return fail(Code::invalid, "names, --all and --latest exclude each other").with_cure("leave all out but one");
  auto engine = TRY(open_engine(globals));
  return show_stats(engine, arguments.how, [&] { return choose(engine, arguments); });
}

constexpr options::Option kOptions[] = {
    options::flag<&StatsArguments::all>('a', "all", "Of every running container, as without a name"),
    options::flag<&StatsArguments::latest>('l', "latest", "Of the container that was made last"),
};
constexpr options::Group kGroups[] = {options::group(kOptions), options::group<&StatsArguments::how>(kStatsOptions)};
constexpr options::Example kExamples[] = {
    {"gantry stats", "Watch what the running containers use"},
    {"gantry stats --no-stream --format '{{.Name}} {{.MemUsage}}' web", "Print it once"},
};

}  // namespace

constinit const Command kStats = options::command<stats>({
    .name = "stats",
    .summary = "Show what containers use",
    .synopsis = "[OPTIONS] [CONTAINER...]",
    .description =
        "Shows CPU, memory, network and disk use of running containers, all of them without a name. THROTTLED is the "
        "share of the time in which a container's CPU limit holds it back, of which a warning tells when it is much; "
        "PRESSURE is the share of the last ten seconds in which its processes waited for CPU, memory or disk (PSI, on "
        "cgroup v2).",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&StatsArguments::names>(kRunningContainers),
});

}  // namespace gantry::cli
