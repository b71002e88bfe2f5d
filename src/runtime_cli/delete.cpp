#include "runtime_cli/context.hpp"

namespace gantry::runtime_cli {

namespace {

struct DeleteArguments {
  bool force = false;
  bool regex = false;
  std::vector<std::string> names;
};

Result<int> remove(const Globals& globals, const DeleteArguments& arguments) {
  runtime::Settings settings = TRY(runtime_cli::settings(globals));
  for (const auto& id : TRY(chosen_containers(settings, arguments.names[0], arguments.regex)))
    TRY(runtime::remove(settings, id, arguments.force));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::flag<&DeleteArguments::force>('f', "force", "Kill it first when it runs; a missing one is fine"),
    options::flag<&DeleteArguments::regex>('r', "regex", "CONTAINER is a regular expression that matches ids"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};

}  // namespace

constinit const Command kDelete = options::command<remove>({
    .name = "delete",
    .summary = "Delete a container that has ended",
    .synopsis = "[OPTIONS] CONTAINER",
    .description = "Removes the container's cgroup and state, and runs its poststop hooks.",
    .groups = kGroups,
    .words = options::words<&DeleteArguments::names>(kContainer),
});

}  // namespace gantry::runtime_cli
