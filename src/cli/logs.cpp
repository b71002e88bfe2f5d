#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "cli/log_printer.hpp"
#include "cli/moment.hpp"

namespace gantry::cli {

namespace {

struct LogsArguments {
  bool follow = false;
  bool timestamps = false;
  std::string since, until;
  std::string tail = "all";
  std::vector<std::string> names;
};

Result<engine::LogOptions> log_options(const LogsArguments& arguments) {
  engine::LogOptions options{.follow = arguments.follow};
  if (arguments.tail != "all" && arguments.tail != "-1")
    options.tail = TRY(with_context(parse_unsigned(arguments.tail), "option --tail"));
  const Timestamp start = now();
  if (!arguments.since.empty())
    options.since = TRY(with_context(read_moment(arguments.since, start), "option --since"));
  if (!arguments.until.empty())
    options.until = TRY(with_context(read_moment(arguments.until, start), "option --until"));
  return options;
}

Result<int> logs(const Globals& globals, const LogsArguments& arguments) {
  auto options = TRY(log_options(arguments));
  auto engine = TRY(open_engine(globals));
  LogPrinter printer(arguments.timestamps, arguments.follow);
  TRY(engine.logs(arguments.names[0], options, [&](const engine::LogEntry& entry) { return printer.add(entry); }));
  TRY(printer.flush());
  return 0;
}

constexpr options::Option kOptions[] = {
    options::flag<&LogsArguments::follow>('f', "follow", "Go on until the container ends"),
    options::option<&LogsArguments::tail>('n', "tail", "NUMBER", "Print the last lines only (default all)"),
    options::option<&LogsArguments::since>(0, "since", "TIME",
                                           "Print what came after TIME: 10m, or 2026-01-31T12:00:00Z"),
    options::option<&LogsArguments::until>(0, "until", "TIME", "Print what came before TIME"),
    options::flag<&LogsArguments::timestamps>('t', "timestamps", "Print the time of every line"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};
constexpr options::Example kExamples[] = {
    {"gantry logs -f --tail 20 web", "Watch a server"},
    {"gantry logs --since 1h web 2>errors", "Keep what it said on stderr in the last hour"},
};

}  // namespace

constinit const Command kLogs = options::command<logs>({
    .name = "logs",
    .summary = "Print what a container has written",
    .synopsis = "[OPTIONS] CONTAINER",
    .description = "Prints what the container's command wrote: stdout to stdout and stderr to stderr.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&LogsArguments::names>(
        {.name = "CONTAINER", .least = 1, .most = 1, .first = options::Completes::containers}),
});

}  // namespace gantry::cli
