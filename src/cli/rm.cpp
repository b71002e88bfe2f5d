#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "cli/selection.hpp"
#include "engine/dependents.hpp"

#include <climits>
#include <functional>

namespace gantry::cli {

namespace {

struct RmArguments {
  bool force = false;
  bool ignore = false;
  bool volumes = false;
  bool depend = false;
  std::optional<unsigned> time;
  Selection which;
  std::vector<std::string> names;
};

Result<int> remove(const Globals& globals, const RmArguments& arguments) {
  // As podman and docker have it, nothing to remove is what --force wants.
  bool ignore = arguments.ignore || arguments.force;
  auto engine = TRY(open_engine(globals));
  auto names = TRY(selected_containers(engine, arguments.names, arguments.which, Among::every, ignore));
  Outcomes outcomes(&removal_status, ignore);
  if (arguments.depend) {
    names = TRY(engine::with_dependents(engine, names));
  } else if (auto free = engine::check_not_needed(engine, names); !free) {
    outcomes("", std::move(free));
    return outcomes.status();
  }
  engine.remove(names, arguments.force, arguments.time, std::ref(outcomes), arguments.volumes);
  return outcomes.status();
}

constexpr options::Option kOptions[] = {
    options::flag<&RmArguments::depend>(0, "depend", "Remove the containers that need them too"),
    options::flag<&RmArguments::force>('f', "force", "Kill running containers, and ignore missing ones"),
    options::flag<&RmArguments::ignore>('i', "ignore", "Do not complain about containers that do not exist"),
    options::option<&RmArguments::time, options::read_between<0, INT_MAX, unsigned>>(
        't', "time", "SECONDS", "With --force: how long to wait for the end before killing (default 0)")
        .also("timeout"),
    options::flag<&RmArguments::volumes>('v', "volumes", "Remove their anonymous volumes too"),
};
constexpr options::Option kWhich[] = {
    select::all('a', "Remove every container"),
    select::cidfile(),
    select::filter(0),
    select::latest(),
};
constexpr options::Group kGroups[] = {options::group(kOptions), options::group<&RmArguments::which>(kWhich)};
constexpr options::Example kExamples[] = {
    {"gantry rm web", "Remove a container that has ended"},
    {"gantry rm -f --all", "Remove all of them, also those that run"},
};

}  // namespace

constinit const Command kRm = options::command<remove>({
    .name = "rm",
    .summary = "Remove containers",
    .synopsis = "[OPTIONS] CONTAINER...",
    .description = "Removes containers with everything that was written in them. The exit status is 1 if one does not "
                   "exist, 2 if one is running and --force was not given, or is needed by another container, and "
                   "125 if a removal failed otherwise.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&RmArguments::names>(kContainers),
});

}  // namespace gantry::cli
