#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "options/print.hpp"

namespace gantry::cli {

namespace {

struct RmArguments {
  bool force = false;
  bool ignore = false;
  bool all = false;
  std::vector<std::string> names;
};

Result<int> remove(const Globals& globals, const RmArguments& arguments) {
  // As podman and docker have it, nothing to remove is what --force wants.
  bool ignore = arguments.ignore || arguments.force;
  auto engine = TRY(open_engine(globals));
  return for_each_name(
      TRY(chosen_containers(engine, arguments.names, arguments.all, Among::every)),
      [&](const std::string& name) -> Result<> {
        auto removed = engine.remove(name, arguments.force);
        if (!removed && removed.error().code() == Code::not_found && ignore) return {};
        TRY(std::move(removed));
        return options::print(name + "\n");
      },
      &removal_status);
}

constexpr options::Option kOptions[] = {
    options::flag<&RmArguments::force>('f', "force", "Kill running containers, and ignore missing ones"),
    options::flag<&RmArguments::ignore>('i', "ignore", "Do not complain about containers that do not exist"),
    options::flag<&RmArguments::all>('a', "all", "Remove every container"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};
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
                   "exist, 2 if one is running and --force was not given, and 125 if a removal failed otherwise.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&RmArguments::names>(kContainers),
});

}  // namespace gantry::cli
