#include "engine/events.hpp"

#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "cli/filters.hpp"
#include "cli/moment.hpp"
#include "options/print.hpp"
#include "report/table.hpp"
#include "report/template.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace gantry::cli {

namespace json = boost::json;

namespace {

struct EventsArguments {
  std::vector<std::string> filters;
  std::string format;
  bool no_trunc = true;
  std::string since, until;
  bool stream = true;
};

/// The names of podman's `events --format json`.
json::object document(const engine::Event& event) {
  json::object attributes;
  for (const auto& [name, value] : event.attributes) attributes[name] = value;
  json::object all{{"ID", event.id},
                   {"Image", event.image},
                   {"Name", event.name},
                   {"Status", event.status},
                   {"Time", to_rfc3339(event.time)},
                   {"time", event.time / kSecond},
                   {"timeNano", event.time},
                   {"Type", event.type},
                   {"Attributes", std::move(attributes)}};
  if (event.exit_code) all["ContainerExitCode"] = *event.exit_code;
  return all;
}

/// "2026-01-31 12:00:00.123456789 +0000 UTC container start 0123… (image=…, name=…)", as podman prints it.
std::string line_of(const engine::Event& event, bool in_full) {
  const std::string time = to_rfc3339(event.time);
  std::string details;
  auto add = [&](std::string_view name, std::string_view value) {
    details += fmt::format("{}{}={}", details.empty() ? "" : ", ", name, report::harmless(value));
  };
  if (!event.image.empty()) add("image", event.image);
  if (!event.name.empty()) add("name", event.name);
  if (event.exit_code) add("exitCode", fmt::format("{}", *event.exit_code));
  for (const auto& [name, value] : event.attributes) add(report::harmless(name), value);
  return fmt::format("{} {} +0000 UTC {} {} {}{}", time.substr(0, 10), time.substr(11, time.size() - 12), event.type,
                     event.status, in_full ? event.id : short_id(event.id),
                     details.empty() ? "" : " (" + details + ")");
}

Result<engine::EventQuery> event_query(const EventsArguments& arguments) {
  engine::EventQuery query{.follow = arguments.stream, .conditions = TRY(read_filters(arguments.filters))};
  const Timestamp start = now();
  // As podman and docker have it, what was before is shown only to who asks for it.
  query.since = start;
  if (!arguments.since.empty()) query.since = TRY(with_context(read_moment(arguments.since, start), "option --since"));
  else if (!arguments.stream || !arguments.until.empty()) query.since.reset();
  if (!arguments.until.empty()) query.until = TRY(with_context(read_moment(arguments.until, start), "option --until"));
  return query;
}

Result<int> events(const Globals& globals, const EventsArguments& arguments) {
  const auto query = TRY(event_query(arguments));
  const bool as_json = arguments.format == "json" || arguments.format == "{{json .}}";
  std::optional<report::Template> format;
  if (!as_json && !arguments.format.empty()) format = TRY(report::Template::parse(arguments.format));
  auto engine = TRY(open_engine(globals));
  TRY(engine.events(query, [&](const engine::Event& event) -> Result<> {
    if (as_json) return options::print(json::serialize(document(event)) + "\n");
    if (format) return options::print(TRY(format->render(document(event))) + "\n");
    return options::print(line_of(event, arguments.no_trunc) + "\n");
  }));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::option<&EventsArguments::filters>('f', "filter", "KEY=VALUE",
                                               "Choose by container, event, image, label, pod, type or volume"),
    options::option<&EventsArguments::format>(0, "format", "FORMAT", "Print as \"json\", or by a Go template"),
    options::flag<&EventsArguments::no_trunc>(0, "no-trunc", "Print identifiers in full (default true)"),
    options::option<&EventsArguments::since>(0, "since", "TIME",
                                             "Begin with what happened after TIME: 10m, or RFC 3339"),
    options::option<&EventsArguments::until>(0, "until", "TIME", "End with what happened before TIME"),
    options::flag<&EventsArguments::stream>(0, "stream", "Go on with what happens (default true)"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};
constexpr options::Example kExamples[] = {
    {"gantry events --filter event=died", "Watch which containers end"},
    {"gantry events --since 1h --stream=false --format json", "List what happened in the last hour"},
};

}  // namespace

constinit const Command kEvents = options::command<events>({
    .name = "events",
    .summary = "Show what happens to containers, pods, images and volumes",
    .synopsis = "[OPTIONS]",
    .description = "Prints what happens from now on, an event a line. With --since it begins with what is on record, "
                   "which outlives "
                   "a restart of the machine; the record holds between 4 and 8 MiB of events.",
    .examples = kExamples,
    .groups = kGroups,
});

}  // namespace gantry::cli
