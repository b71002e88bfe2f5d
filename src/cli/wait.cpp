#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "options/print.hpp"

namespace gantry::cli {

namespace {

struct WaitArguments {
  std::vector<std::string> names;
};

int wait_status(const Error&) { return 125; }

Result<int> wait(const Globals& globals, const WaitArguments& arguments) {
  auto engine = TRY(open_engine(globals));
  return for_each_name(
      arguments.names,
      [&](const std::string& name) -> Result<> { return options::print(fmt::format("{}\n", TRY(engine.wait(name)))); },
      &wait_status);
}

constexpr options::Words words() {
  options::Words words = kContainers;
  words.least = 1;
  return words;
}
constexpr options::Example kExamples[] = {{"gantry wait job", "Wait for a container, and print its exit status"}};

}  // namespace

constinit const Command kWait = options::command<wait>({
    .name = "wait",
    .summary = "Wait until containers end",
    .synopsis = "CONTAINER...",
    .description = "Waits for the end of each container and prints the exit status of its command.",
    .examples = kExamples,
    .words = options::words<&WaitArguments::names>(words()),
});

}  // namespace gantry::cli
