#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "cli/filters.hpp"
#include "cli/moment.hpp"
#include "report/listing.hpp"
#include "report/table.hpp"

#include <climits>

namespace gantry::cli {

namespace json = boost::json;

namespace {

struct PsArguments {
  bool all = false;
  bool latest = false;
  std::int64_t last = -1;
  std::vector<std::string> filters;
  report::ListingOptions listing;
};

constexpr report::Column kColumns[] = {
    {"ID", "CONTAINER ID", true},    {"Image", "IMAGE", true},    {"Command", "COMMAND", true},
    {"RunningFor", "CREATED", true}, {"Status", "STATUS", true},  {"Ports", "PORTS", true},
    {"Names", "NAMES", true},        {"CreatedAt", "CREATED AT"}, {"ImageID", "IMAGE ID"},
    {"ExitCode", "EXIT CODE"},       {"Networks", "NETWORKS"},
};

/// "web,tier=front" as docker and podman print labels.
std::string label_text(const std::map<std::string, std::string>& labels) {
  std::string text;
  for (const auto& [name, value] : labels) text += fmt::format("{}{}={}", text.empty() ? "" : ",", name, value);
  return text;
}

std::string mount_text(const std::vector<engine::Mount>& mounts) {
  std::string text;
  for (const auto& mount : mounts) (text += text.empty() ? "" : ",") += mount.target;
  return text;
}

json::object row(const engine::Container& container, bool in_full, Timestamp now) {
  std::string command = join(container.argv(), " ");
  return {
      {"ID", in_full ? container.id : short_id(container.id)},
      {"Image", container.image_name},
      {"Command", in_full ? command : report::shortened(command, 20)},
      {"RunningFor", time_ago(container.created, now)},
      {"Status", engine::status_text(container, now)},
      {"Ports", ""},
      {"Names", container.name},
      {"CreatedAt", go_time(container.created)},
      {"ImageID", in_full ? container.image_id : short_id(container.image_id)},
      {"State", engine::status_name(container.status)},
      {"ExitCode", container.exit_code.value_or(0)},
      {"Pid", container.pid},
      {"Labels", label_text(container.config.labels)},
      {"Mounts", mount_text(container.config.mounts)},
      {"Networks", container.config.network},
  };
}

/// The names and units of podman's `ps --format json`.
json::object document(const engine::Container& container, Timestamp now) {
  json::array mounts;
  for (const auto& mount : container.config.mounts) mounts.emplace_back(mount.target);
  json::object labels;
  for (const auto& [name, value] : container.config.labels) labels[name] = value;
  const auto argv = container.argv();
  return {
      {"AutoRemove", container.config.remove},
      {"Command", json::array(argv.begin(), argv.end())},
      {"CreatedAt", time_ago(container.created, now)},
      {"Exited", container.status == engine::Status::exited},
      {"ExitedAt", container.finished / kSecond},
      {"ExitCode", container.exit_code.value_or(0)},
      {"Id", container.id},
      {"Image", container.image_name},
      {"ImageID", container.image_id},
      {"Labels", std::move(labels)},
      {"Mounts", std::move(mounts)},
      {"Names", json::array{container.name}},
      {"Networks", json::array{container.config.network}},
      {"Pid", container.pid},
      {"Ports", json::array()},
      {"StartedAt", container.started / kSecond},
      {"State", engine::status_name(container.status)},
      {"Status", engine::status_text(container, now)},
      {"Created", container.created / kSecond},
  };
}

Result<int> ps(const Globals& globals, const PsArguments& arguments) {
  auto listing = TRY(report::Listing::make(arguments.listing, kColumns, "ID"));
  std::int64_t last = arguments.latest ? 1 : arguments.last;
  engine::ListFilter filter{.all = arguments.all || last > 0, .conditions = TRY(read_filters(arguments.filters))};
  auto engine = TRY(open_engine(globals));
  const Timestamp moment = now();
  for (const auto& container : TRY(engine.list(filter))) {
    if (last-- == 0) break;
    if (listing.json()) listing.add(document(container, moment));
    else listing.add(row(container, arguments.listing.no_trunc, moment));
  }
  TRY(listing.print());
  return 0;
}

constexpr options::Option kOptions[] = {
    options::flag<&PsArguments::all>('a', "all", "List also those that do not run"),
    options::option<&PsArguments::filters>('f', "filter", "KEY=VALUE",
                                           "List by id, name, label, status, ancestor or exited"),
    options::option<&PsArguments::last, options::read_between<-1, INT_MAX>>('n', "last", "NUMBER",
                                                                            "List the last ones made, running or not"),
    options::flag<&PsArguments::latest>('l', "latest", "List the last one made"),
};
constexpr options::Group kGroups[] = {options::group(kOptions),
                                      options::group<&PsArguments::listing>(report::kListingOptions)};
constexpr options::Example kExamples[] = {
    {"gantry ps -a --filter status=exited", "List what has ended"},
    {"gantry ps --format 'table {{.Names}}\\t{{.Status}}'", "Choose the columns"},
    {"gantry rm $(gantry ps -aq --filter label=job)", "Remove some of the containers"},
};

consteval Command listing_command(std::string_view name, std::string_view second_name = {}) {
  return options::command<ps>({
      .name = name,
      .second_name = second_name,
      .summary = "List containers",
      .synopsis = "[OPTIONS]",
      .description =
          "Lists the containers that run, the newest first. The fields of a template are those of the table, "
          "and State, Pid, ExitCode, ImageID, CreatedAt, Labels, Mounts and Networks.",
      .examples = kExamples,
      .groups = kGroups,
  });
}

}  // namespace

constinit const Command kPs = listing_command("ps");
constinit const Command kContainerLs = listing_command("ls", "list");

}  // namespace gantry::cli
