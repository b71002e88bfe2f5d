#include "runtime/events.hpp"

#include "base/clock.hpp"
#include "base/json.hpp"
#include "options/print.hpp"
#include "runtime_cli/context.hpp"

#include <boost/describe/class.hpp>

namespace gantry::runtime_cli {

namespace {

/// A line of output, in runc's form.
struct Event {
  std::string type;  ///< "stats" or "oom"
  std::string id;
  std::optional<runtime::Stats> data;
};
BOOST_DESCRIBE_STRUCT(Event, (), (type, id, data))

struct EventsArguments {
  std::int64_t interval = 5 * kSecond;
  bool stats = false;
  std::vector<std::string> names;
};

Result<> print_event(Event event) { return options::print(json::encode(event) + "\n"); }

Result<int> events(const Globals& globals, const EventsArguments& arguments) {
  const std::string& id = arguments.names[0];
  if (arguments.interval <= 0) return fail(Code::invalid, "--interval takes a time above 0");
  runtime::Settings settings = TRY(runtime_cli::settings(globals));
  if (arguments.stats) {
    TRY(print_event({"stats", id, TRY(runtime::stats(settings, id))}));
    return 0;
  }
  TRY(runtime::watch(settings, id, arguments.interval,
                     {.on_stats =
                          [&](const auto& stats) {
                            return print_event({"stats", id, stats});
                          },
                      .on_oom =
                          [&] {
                            return print_event({"oom", id, {}});
                          }}));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::option<&EventsArguments::interval, options::read_duration>(0, "interval", "DURATION",
                                                                        "Time between statistics (default: 5s)"),
    options::flag<&EventsArguments::stats>(0, "stats", "Print the statistics once"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};
constexpr options::Example kExamples[] = {{"gantry-runtime events --stats web", "See what a container uses now"}};

}  // namespace

constinit const Command kEvents = options::command<events>({
    .name = "events",
    .summary = "Print what a container uses, and when it runs out of memory",
    .synopsis = "[OPTIONS] CONTAINER",
    .description = "Prints a line of JSON for every event until the container ends: of the type 'stats' at every "
                   "interval, and of the type 'oom' when the kernel has killed a process for want of memory.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&EventsArguments::names>(kContainer),
});

}  // namespace gantry::runtime_cli
