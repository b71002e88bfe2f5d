#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "cli/selection.hpp"
#include "options/print.hpp"

#include <algorithm>

namespace gantry::cli {

namespace {

struct WaitArguments {
  std::vector<std::string> conditions;
  std::int64_t interval = kSecond / 4;
  bool ignore = false;
  Selection which;
  std::vector<std::string> names;
};

/// podman takes a number alone for milliseconds.
Result<std::int64_t> read_interval(std::string_view word) {
  if (auto number = parse_unsigned(word); number && *number < 1'000'000'000)
    return static_cast<std::int64_t>(*number) * 1'000'000;
  return options::read_duration(word);
}

constexpr std::string_view kConditions[] = {"configured", "created",  "running",    "stopped", "paused",   "exited",
                                            "removing",   "stopping", "restarting", "healthy", "unhealthy"};

Result<> check_conditions(const std::vector<std::string>& conditions) {
  for (const auto& condition : conditions)
    if (std::ranges::find(kConditions, condition) == std::end(kConditions))
      return fail(Code::invalid, "option --condition: '{}' is no state of a container", condition)
          .with_cure("states are created, running, paused, restarting, exited, stopped, removing, healthy, unhealthy");
  return {};
}

bool holds(const engine::Container& container, std::string_view condition) {
  using engine::Status;
  if (condition == "stopped") return container.status == Status::exited || container.status == Status::created;
  if (condition == "configured") return container.status == Status::created;
  if (condition == "stopping") return false;
  if (condition == "healthy" || condition == "unhealthy") return container.health == condition;
  return engine::status_name(container.status) == condition;
}

/// What is printed: the exit status, or -1 where the condition is another.
Result<int> wait_for(engine::Engine& engine, const std::string& name, const WaitArguments& arguments) {
  const auto& conditions = arguments.conditions;
  if (conditions.empty() || conditions == std::vector<std::string>{"exited"} ||
      conditions == std::vector<std::string>{"stopped"}) {
    auto code = engine.wait(name);
    if (code || conditions.empty() || code.error().code() != Code::failed) return code;
  }
  auto any = [&](const engine::Container& container) {
    return std::ranges::any_of(conditions, [&](const auto& condition) { return holds(container, condition); });
  };
  return TRY(engine.wait_until(name, any, arguments.interval)).value_or(-1);
}

Result<int> wait(const Globals& globals, const WaitArguments& arguments) {
  TRY(check_conditions(arguments.conditions));
  auto engine = TRY(open_engine(globals));
  return for_each_name(
      TRY(selected_containers(engine, arguments.names, arguments.which, Among::every)),
      [&](const std::string& name) -> Result<> {
        auto code = wait_for(engine, name, arguments);
        if (!code && code.error().code() == Code::not_found && arguments.ignore) return options::print("-1\n");
        return options::print(fmt::format("{}\n", TRY(std::move(code))));
      },
      &failure_status);
}

constexpr options::Option kOptions[] = {
    options::option<&WaitArguments::conditions>(0, "condition", "STATE",
                                                "Wait for another state than exited: running, healthy, …"),
    options::option<&WaitArguments::interval, &read_interval>('i', "interval", "DURATION",
                                                              "How often to look for another state (default 250ms)"),
    options::flag<&WaitArguments::ignore>(0, "ignore", "Print -1 for a container that does not exist"),
};
constexpr options::Option kWhich[] = {select::latest()};
constexpr options::Group kGroups[] = {options::group(kOptions), options::group<&WaitArguments::which>(kWhich)};
constexpr options::Example kExamples[] = {
    {"gantry wait job", "Wait for a container, and print its exit status"},
    {"gantry wait --condition healthy db", "Wait until a container's health check succeeds"},
};

}  // namespace

constinit const Command kWait = options::command<wait>({
    .name = "wait",
    .summary = "Wait until containers end",
    .synopsis = "[OPTIONS] CONTAINER...",
    .description = "Waits for the end of each container and prints the exit status of its command; for another state "
                   "than the end it prints -1.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&WaitArguments::names>(kContainers),
});

}  // namespace gantry::cli
