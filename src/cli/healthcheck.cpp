#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "options/print.hpp"

namespace gantry::cli {

namespace {

struct HealthcheckRunArguments {
  std::vector<std::string> names;
};

Result<int> run_check(const Globals& globals, const HealthcheckRunArguments& arguments) {
  auto engine = TRY(open_starting_engine(globals));
  const auto health = TRY(engine.check_health(arguments.names[0]));
  if (health.log.back().exit_code == 0) return 0;
  TRY(options::print(health.status + "\n"));
  return 1;
}

constexpr options::Example kExamples[] = {{"gantry healthcheck run web && echo well", "Check a container now"}};

constinit const Command kHealthcheckRun = options::command<run_check>({
    .name = "run",
    .summary = "Run the health check of a container",
    .synopsis = "CONTAINER",
    .description = "Runs the command with which a container was made to be checked. The exit status is 0 when it "
                   "succeeds, and 1 when it fails; then its state of health is printed. The result counts like those "
                   "of the checks that run by themselves.",
    .examples = kExamples,
    .words = options::words<&HealthcheckRunArguments::names>(
        {.name = "CONTAINER", .least = 1, .most = 1, .first = options::Completes::running}),
});

constexpr const Command* kCommands[] = {&kHealthcheckRun};

}  // namespace

constinit const Command kHealthcheck = {
    .name = "healthcheck",
    .summary = "Check the health of containers",
    .synopsis = "COMMAND",
    .description =
        "The check is given by `gantry run --health-cmd` or by the image. The container's monitor runs it in "
        "its intervals; `gantry ps` and `gantry inspect` show what it has found.",
    .commands = kCommands,
};

}  // namespace gantry::cli
