#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "cli/create_options.hpp"
#include "cli/fetch_image.hpp"
#include "engine/pods.hpp"
#include "options/print.hpp"

namespace gantry::cli {

namespace {

struct CreateArguments {
  CreateOptions create;
  std::vector<std::string> words;
};

Result<int> create_container(const Globals& globals, const CreateArguments& arguments) {
  auto config = TRY(container_config(arguments.create, arguments.words));
  auto engine = TRY(open_starting_engine(globals));
  TRY(prepare_to_create(globals, engine, arguments.create.root, config));
  TRY(engine::make_new_pod(engine, config));
  TRY(options::print(TRY(engine.create(config)) + "\n"));
  return 0;
}

constexpr auto kGroups = create::groups<&CreateArguments::create>();
constexpr options::Example kExamples[] = {
    {"gantry create --name web -v ./site:/srv:ro site", "Make a container, to be started later by its name"},
};

}  // namespace

constinit const Command kCreate = options::command<create_container>({
    .name = "create",
    .summary = "Make a container without starting it",
    .synopsis = "[OPTIONS] IMAGE [COMMAND [ARG...]]",
    .description = "Makes a container as `gantry run` does, and prints its ID. `gantry start` starts it.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&CreateArguments::words>(
        {.name = "IMAGE", .command_line = true, .first = options::Completes::images}),
});

}  // namespace gantry::cli
