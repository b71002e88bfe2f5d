#include "cli/context.hpp"
#include "cli/create_resource_options.hpp"
#include "cli/pod_commands.hpp"
#include "engine/clone.hpp"
#include "options/print.hpp"

namespace gantry::cli {

namespace {

struct PodCloneArguments {
  bool destroy = false;
  bool start = false;
  std::string name;
  CreateResourceOptions resources;
  std::vector<std::string> words;  ///< POD [NAME]
};

Result<int> clone_pod(const Globals& globals, const PodCloneArguments& arguments) {
  if (!arguments.name.empty() && arguments.words.size() > 1)
    return fail(Code::invalid, "option --name: the clone's name is given twice").with_cure("leave one out");
  const std::string& name = arguments.words.size() > 1 ? arguments.words[1] : arguments.name;
  auto engine = TRY(open_starting_engine(globals));
  const auto pod = TRY(engine::find_pod(engine, arguments.words[0]));
  const std::string id = TRY(engine::clone_pod(
      engine, pod, name, [&](engine::ContainerConfig& infra) { return set_resources(infra, arguments.resources); }));
  if (arguments.destroy) TRY(engine::remove_pod(engine, pod.record.id, true, {}));
  if (arguments.start) TRY(engine::start_pod(engine, id));
  TRY(options::print(id + "\n"));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::flag<&PodCloneArguments::destroy>(0, "destroy", "Remove the original with its containers"),
    options::option<&PodCloneArguments::name>('n', "name", "NAME", "Name of the clone (default POD-clone)"),
    options::flag<&PodCloneArguments::start>(0, "start", "Start the clone"),
};
constexpr options::Group kGroups[] = {
    options::group(kOptions),
    options::group<&PodCloneArguments::resources>(create::kLimits, "Limit options of the infra container")};
constexpr options::Example kExamples[] = {
    {"gantry pod clone --start shop", "Run a second pod like the first one"},
};

}  // namespace

constinit const Command kPodClone = options::command<clone_pod>({
    .name = "clone",
    .summary = "Make a pod like another one",
    .synopsis = "[OPTIONS] POD [NAME]",
    .description = "Makes a pod with clones of the containers of another one, as `gantry container clone` makes them, "
                   "and prints its identifier.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&PodCloneArguments::words>({.name = "POD", .least = 1, .most = 2}),
});

}  // namespace gantry::cli
