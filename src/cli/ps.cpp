#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/container_row.hpp"
#include "cli/context.hpp"
#include "cli/filters.hpp"
#include "engine/access.hpp"
#include "engine/pods.hpp"
#include "options/print.hpp"
#include "report/listing.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <climits>
#include <thread>

namespace gantry::cli {

namespace {

struct PsArguments {
  bool all = false;
  bool latest = false;
  bool size = false;
  bool pod = false;
  bool namespaces = false;
  bool sync = false;
  std::int64_t last = -1;
  std::int64_t watch = 0;
  std::string sort = "created";
  std::vector<std::string> filters;
  report::ListingOptions listing;
};

constexpr report::Column kColumns[] = {
    {"ID", "CONTAINER ID", true},    {"Image", "IMAGE", true},    {"Command", "COMMAND", true},
    {"RunningFor", "CREATED", true}, {"Status", "STATUS", true},  {"Ports", "PORTS", true},
    {"Names", "NAMES", true},        {"CreatedAt", "CREATED AT"}, {"ImageID", "IMAGE ID"},
    {"ExitCode", "EXIT CODE"},       {"Networks", "NETWORKS"},    {"PodName", "PODNAME"},
};
constexpr report::Column kNamespaceColumns[] = {
    {"ID", "CONTAINER ID", true}, {"Names", "NAMES", true}, {"Pid", "PID", true}, {"CGROUPNS", "CGROUPNS", true},
    {"IPC", "IPC", true},         {"MNT", "MNT", true},     {"NET", "NET", true}, {"PIDNS", "PIDNS", true},
    {"USERNS", "USERNS", true},   {"UTS", "UTS", true},
};

std::vector<report::Column> columns_for(const PsArguments& arguments) {
  if (arguments.namespaces) return {std::begin(kNamespaceColumns), std::end(kNamespaceColumns)};
  std::vector<report::Column> columns(std::begin(kColumns), std::end(kColumns));
  if (arguments.pod) {
    columns.push_back({"Pod", "POD ID", true});
    std::ranges::find(columns, "PodName", &report::Column::field)->shown = true;
  }
  columns.push_back({"Size", "SIZE", arguments.size});
  return columns;
}

using Listed = std::pair<engine::Container, RowExtras>;
struct Order {
  std::string_view name;
  bool (*before)(const Listed& one, const Listed& other);
};
constexpr Order kOrders[] = {
    {"command", [](const Listed& a, const Listed& b) { return a.first.argv() < b.first.argv(); }},
    {"created", [](const Listed& a, const Listed& b) { return a.first.created > b.first.created; }},
    {"id", [](const Listed& a, const Listed& b) { return a.first.id < b.first.id; }},
    {"image", [](const Listed& a, const Listed& b) { return a.first.image_name < b.first.image_name; }},
    {"names", [](const Listed& a, const Listed& b) { return a.first.name < b.first.name; }},
    {"runningfor", [](const Listed& a, const Listed& b) { return a.first.started < b.first.started; }},
    {"size", [](const Listed& a, const Listed& b) { return a.second.written < b.second.written; }},
    {"status", [](const Listed& a, const Listed& b) { return a.first.status < b.first.status; }},
};

Result<std::string> read_order(std::string_view word) {
  std::string names;
  for (const auto& order : kOrders) {
    if (order.name == word) return std::string(word);
    names += fmt::format("{}{}", names.empty() ? "" : ", ", order.name);
  }
  return fail(Code::invalid, "'{}' is not one of {}", word, names);
}

/// What was asked for may be any free port of the host; of one that runs it is known which.
Result<> put_real_ports(engine::Engine& engine, engine::Container& container) {
  auto& config = container.config;
  if (!container.running() || (config.ports.empty() && !config.publish_all)) return {};
  const auto connections = TRY(engine.connections(container.id));
  if (!connections) return {};
  config.ports.clear();
  for (const net::PublishedPort& port : connections->ports)
    config.ports.push_back({.host_ip = port.host_ip ? port.host_ip->text() : std::string(),
                            .host_port = port.host_port,
                            .container_port = port.container_port,
                            .count = port.count,
                            .protocol = port.protocol});
  return {};
}

Result<std::vector<Listed>> listed(engine::Engine& engine, const PsArguments& arguments) {
  const std::int64_t last = arguments.latest ? 1 : arguments.last;
  engine::ListFilter filter{.all = arguments.all || last > 0, .conditions = TRY(read_filters(arguments.filters))};
  auto containers = TRY(engine.list(filter));
  if (last >= 0 && containers.size() > static_cast<std::size_t>(last))
    containers.resize(static_cast<std::size_t>(last));
  const auto pod_names = TRY(engine::pod_names(engine));
  std::map<std::string, std::uint64_t> image_sizes;
  if (arguments.size)
    for (const auto& image : TRY(TRY(engine.images())->images().list())) image_sizes[image.id] = image.size;
  std::vector<Listed> all;
  for (auto& container : containers) {
    TRY(put_real_ports(engine, container));
    RowExtras extras{.namespaces = arguments.namespaces};
    if (auto pod = pod_names.find(container.config.pod); pod != pod_names.end()) extras.pod_name = pod->second;
    if (arguments.size) {
      extras.written = engine::written_size(engine, container.id);
      extras.image_size = image_sizes[container.image_id];
    }
    all.emplace_back(std::move(container), std::move(extras));
  }
  if (arguments.sort != "created")
    std::ranges::stable_sort(all, std::ranges::find(kOrders, arguments.sort, &Order::name)->before);
  return all;
}

Result<> print_once(engine::Engine& engine, const PsArguments& arguments) {
  const auto columns = columns_for(arguments);
  auto listing = TRY(report::Listing::make(arguments.listing, columns, "ID"));
  const Timestamp moment = now();
  for (const auto& [container, extras] : TRY(listed(engine, arguments))) {
    if (listing.json()) listing.add(container_document(container, extras, moment));
    else listing.add(container_row(container, extras, arguments.listing.no_trunc, moment));
  }
  return listing.print();
}

Result<int> ps(const Globals& globals, const PsArguments& arguments) {
  if (arguments.size && arguments.namespaces)
    return fail(Code::invalid, "options --size and --ns exclude each other").with_cure("give one of them");
  auto engine = TRY(open_engine(globals));
  while (arguments.watch > 0) {
    TRY(options::print("\x1b[2J\x1b[H"));
    TRY(print_once(engine, arguments));
    std::this_thread::sleep_for(std::chrono::seconds(arguments.watch));
  }
  TRY(print_once(engine, arguments));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::flag<&PsArguments::all>('a', "all", "List also those that do not run"),
    options::option<&PsArguments::filters>('f', "filter", "KEY=VALUE",
                                           "List by name, status, label, ancestor, pod, …; see below"),
    options::option<&PsArguments::last, options::read_between<-1, INT_MAX>>('n', "last", "NUMBER",
                                                                            "List the last ones made, running or not"),
    options::flag<&PsArguments::latest>('l', "latest", "List the last one made"),
    options::flag<&PsArguments::namespaces>(0, "ns", "Show the namespaces of the first process").also("namespace"),
    options::flag<&PsArguments::pod>('p', "pod", "Show the pods that they belong to"),
    options::flag<&PsArguments::size>('s', "size", "Show what they have written"),
    options::option<&PsArguments::sort, &read_order>(0, "sort", "command|created|id|image|names|runningfor|size|status",
                                                     "In which order (default created)"),
    options::flag<&PsArguments::sync>(0, "sync", "Look at the processes themselves, which is always done").unlisted(),
    options::option<&PsArguments::watch, options::read_between<1, INT_MAX>>('w', "watch", "SECONDS",
                                                                            "List again and again"),
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
          "and State, Pid, ExitCode, Exited, ExitedAt, StartedAt, ImageID, CreatedAt, Labels, Mounts, Networks, Pod, "
          "PodName, Restarts and Size.\n"
          "Filters are id, name (a regular expression), label, label!, status, ancestor, exited, before, since, until, "
          "health, network, pod, restart-policy and volume. The values of one key are alternatives, except those of "
          "label; different keys must all hold.",
      .examples = kExamples,
      .groups = kGroups,
  });
}

}  // namespace

constinit const Command kPs = listing_command("ps");
constinit const Command kContainerLs = listing_command("ls", "list");

}  // namespace gantry::cli
