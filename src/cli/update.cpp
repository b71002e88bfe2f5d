#include "engine/update.hpp"
#include "cli/container_commands.hpp"
#include "cli/context.hpp"
#include "cli/create_life_options.hpp"
#include "cli/create_resource_options.hpp"
#include "cli/selection.hpp"
#include "options/print.hpp"

namespace gantry::cli {

namespace {

struct UpdateArguments {
  CreateResourceOptions resources;
  std::string restart;
  bool latest = false;
  std::vector<std::string> names;
};

/// As the options say, over what it has.
Result<> change(engine::ContainerConfig& config, const UpdateArguments& arguments) {
  TRY(set_resources(config, arguments.resources));
  if (arguments.restart.empty()) return {};
  config.restart = TRY(read_restart(arguments.restart));
  return check_restart(config);
}

Result<int> update(const Globals& globals, const UpdateArguments& arguments) {
  auto engine = TRY(open_engine(globals));
  std::vector<std::string> names = arguments.names;
  if (arguments.latest) names.push_back(TRY(latest_container(engine)));
  if (names.empty()) return fail(Code::invalid, "no container is named").with_cure("name one, or give --latest");
  return for_each_name(
      names,
      [&](const std::string& name) -> Result<> {
        auto how = [&](engine::ContainerConfig& config) { return change(config, arguments); };
        return options::print(TRY(engine::update(engine, name, how)) + "\n");
      },
      &failure_status);
}

constexpr options::Option kOptions[] = {
    options::option<&UpdateArguments::restart>(
        0, "restart", "POLICY", "When to start it again: no, on-failure[:TRIES], always or unless-stopped"),
    options::flag<&UpdateArguments::latest>('l', "latest", "The container that was made last"),
};
constexpr options::Group kGroups[] = {options::group(kOptions),
                                      options::group<&UpdateArguments::resources>(create::kLimits, "Limit options")};
constexpr options::Example kExamples[] = {
    {"gantry update --memory 1g --cpus 2 web", "Give a container more room"},
    {"gantry update --restart always web db", "Let two containers be started again whenever they end"},
};

}  // namespace

constinit const options::Command kUpdate = options::command<update>({
    .name = "update",
    .summary = "Change the limits and the restart policy of containers",
    .synopsis = "[OPTIONS] CONTAINER...",
    .description =
        "Changes what the options name, at once where a container runs, and for all its later starts. Prints "
        "the identifiers.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&UpdateArguments::names>(kContainers),
});

}  // namespace gantry::cli
