#include "cli/container_commands.hpp"
#include "cli/context.hpp"
#include "cli/create_resource_options.hpp"
#include "engine/clone.hpp"
#include "engine/dependents.hpp"
#include "options/print.hpp"

namespace gantry::cli {

namespace {

struct CloneArguments {
  bool destroy = false;
  bool force = false;
  bool run = false;
  std::string name;
  CreateResourceOptions resources;
  std::vector<std::string> words;  ///< CONTAINER [NAME [IMAGE]]
};

Result<engine::ContainerConfig> clone_config(engine::Engine& engine, const engine::Container& original,
                                             const CloneArguments& arguments) {
  engine::ContainerConfig config = engine::config_of_clone(original);
  TRY(set_resources(config, arguments.resources));
  config.name = arguments.name;
  if (arguments.words.size() > 1) {
    if (!config.name.empty())
      return fail(Code::invalid, "option --name: the clone's name is given twice").with_cure("leave one out");
    config.name = arguments.words[1];
  }
  if (config.name.empty())
    config.name =
        engine::name_of_clone(original.name, [&](const std::string& name) { return engine.find(name).has_value(); });
  if (arguments.words.size() > 2) config.image = arguments.words[2];
  return config;
}

Result<int> clone(const Globals& globals, const CloneArguments& arguments) {
  if (arguments.force && !arguments.destroy)
    return fail(Code::invalid, "option --force is about --destroy, which is not given");
  auto engine = TRY(open_starting_engine(globals));
  const auto original = TRY(engine.find(arguments.words[0]));
  const auto config = TRY(clone_config(engine, original, arguments));
  if (arguments.destroy) {
    if (original.running() && !arguments.force)
      return fail(Code::busy, "container '{}' is running", original.name)
          .with_cure("stop it first, or give --force too");
    TRY(engine::check_not_needed(engine, {original.id}));
  }
  const std::string id = TRY(engine.create(config));
  if (arguments.destroy) TRY(engine.remove(original.id, arguments.force));
  if (arguments.run) TRY(engine.start(id));
  TRY(options::print(id + "\n"));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::flag<&CloneArguments::destroy>(0, "destroy", "Remove the original"),
    options::flag<&CloneArguments::force>('f', "force", "With --destroy: also when it runs"),
    options::option<&CloneArguments::name>(0, "name", "NAME", "Name of the clone (default CONTAINER-clone)"),
    options::flag<&CloneArguments::run>(0, "run", "Start the clone"),
};
constexpr options::Group kGroups[] = {options::group(kOptions),
                                      options::group<&CloneArguments::resources>(create::kLimits, "Limit options")};
constexpr options::Example kExamples[] = {
    {"gantry container clone --run --memory 1g web", "Run another one like it, with more memory"},
    {"gantry container clone --destroy -f web web2 site:2", "Replace a container by one of a newer image"},
};

}  // namespace

constinit const options::Command kContainerClone = options::command<clone>({
    .name = "clone",
    .summary = "Make a container like another one",
    .synopsis = "[OPTIONS] CONTAINER [NAME [IMAGE]]",
    .description =
        "Makes a container by what another one was made by, and prints its identifier. What that has written "
        "stays there; volumes with names are shared, anonymous ones are made anew.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&CloneArguments::words>(
        {.name = "CONTAINER", .least = 1, .most = 3, .first = options::Completes::containers}),
});

}  // namespace gantry::cli
