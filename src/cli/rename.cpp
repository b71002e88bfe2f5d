#include "cli/commands.hpp"
#include "cli/context.hpp"

namespace gantry::cli {

namespace {

struct RenameArguments {
  std::vector<std::string> names;
};

Result<int> rename(const Globals& globals, const RenameArguments& arguments) {
  auto engine = TRY(open_engine(globals));
  TRY(engine.rename(arguments.names[0], arguments.names[1]));
  return 0;
}

constexpr options::Example kExamples[] = {{"gantry rename web old-web", "Make room for another `web`"}};

}  // namespace

constinit const Command kRename = options::command<rename>({
    .name = "rename",
    .summary = "Give a container another name",
    .synopsis = "CONTAINER NAME",
    .description = "Gives a container another name; it may run. Its host name stays.",
    .examples = kExamples,
    .words = options::words<&RenameArguments::names>(
        {.name = "CONTAINER or NAME", .least = 2, .most = 2, .first = options::Completes::containers}),
});

}  // namespace gantry::cli
