#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/inspections.hpp"
#include "cli/moment.hpp"
#include "cli/pod_commands.hpp"
#include "report/listing.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>

namespace gantry::cli {

namespace json = boost::json;

namespace {

struct PodLsArguments {
  std::vector<std::string> filters;
  std::string sort = "created";
  bool ids = false, names = false, status = false, latest = false;
  report::ListingOptions listing;
};

constexpr report::Column kColumns[] = {
    {"ID", "POD ID", true},       {"Name", "NAME", true},        {"Status", "STATUS", true},
    {"Created", "CREATED", true}, {"InfraID", "INFRA ID", true}, {"NumberOfContainers", "# OF CONTAINERS", true},
    {"ContainerIds", "IDS"},      {"ContainerNames", "NAMES"},   {"ContainerStatuses", "STATUS"},
};

template <class Part>
std::string joined(const engine::Pod& pod, Part part) {
  std::vector<std::string> parts;
  for (const auto& container : pod.containers) parts.push_back(part(container));
  return join(parts, ",");
}

std::string label_text(const std::map<std::string, std::string>& labels) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : labels) parts.push_back(name + "=" + value);
  return join(parts, ",");
}

json::object row(const engine::Pod& pod, bool in_full, Timestamp now) {
  auto id = [&](const std::string& whole) { return in_full ? whole : short_id(whole); };
  return {
      {"ID", id(pod.record.id)},
      {"Id", id(pod.record.id)},
      {"Name", pod.record.name},
      {"Status", pod.status()},
      {"Created", time_ago(pod.record.created, now)},
      {"InfraID", id(pod.record.infra)},
      {"InfraId", id(pod.record.infra)},
      {"NumberOfContainers", pod.containers.size()},
      {"Labels", label_text(pod.record.config.labels)},
      {"Cgroup", pod.record.config.cgroup_parent},
      {"ContainerIds", joined(pod, [&](const engine::Container& one) { return id(one.id); })},
      {"ContainerNames", joined(pod, [](const engine::Container& one) { return one.name; })},
      {"ContainerStatuses",
       joined(pod, [](const engine::Container& one) { return std::string(engine::status_name(one.status)); })},
  };
}

json::array container_documents(const engine::Pod& pod) {
  json::array all;
  for (const auto& container : pod.containers)
    all.emplace_back(json::object{{"Id", container.id},
                                  {"Names", container.name},
                                  {"Name", container.name},
                                  {"Status", engine::status_name(container.status)},
                                  {"State", engine::status_name(container.status)}});
  return all;
}

json::object label_document(const engine::PodConfig& config) {
  json::object labels;
  for (const auto& [name, value] : config.labels) labels[name] = value;
  return labels;
}

/// An item of podman's `pod ps --format json`.
json::object document(const engine::Pod& pod) {
  return {{"Cgroup", pod.record.config.cgroup_parent},
          {"Containers", container_documents(pod)},
          {"Created", to_rfc3339(pod.record.created)},
          {"Id", pod.record.id},
          {"InfraId", pod.record.infra},
          {"Name", pod.record.name},
          {"Namespace", ""},
          {"Networks", json::array()},
          {"Status", pod.status()},
          {"Labels", label_document(pod.record.config)}};
}

/// podman's `pod inspect`.
json::object inspection(const engine::Pod& pod) {
  const auto& config = pod.record.config;
  return {{"Id", pod.record.id},
          {"Name", pod.record.name},
          {"Created", to_rfc3339(pod.record.created)},
          {"ExitPolicy", config.exit_policy},
          {"State", pod.status()},
          {"Hostname", config.hostname},
          {"Labels", label_document(config)},
          {"CreateCgroup", !config.cgroup_parent.empty()},
          {"CgroupParent", config.cgroup_parent},
          {"CreateInfra", !config.no_infra},
          {"InfraContainerID", pod.record.infra},
          {"SharedNamespaces", json::array(config.share.begin(), config.share.end())},
          {"RestartPolicy", config.restart_policy},
          {"NumContainers", pod.containers.size()},
          {"Containers", container_documents(pod)}};
}

bool has_container(const engine::Pod& pod, auto holds) { return std::ranges::any_of(pod.containers, holds); }

Result<bool> holds(const engine::Pod& pod, const std::string& key, const std::string& value) {
  using engine::Container;
  if (key == "id") return pod.record.id.starts_with(value);
  if (key == "name") return pod.record.name.find(value) != std::string::npos;
  if (key == "label") return has_label(pod.record.config.labels, value);
  if (key == "label!") return !has_label(pod.record.config.labels, value);
  if (key == "status") return to_lower(pod.status()) == to_lower(value);
  if (key == "ctr-names") return has_container(pod, [&](const Container& one) { return one.name == value; });
  if (key == "ctr-ids") return has_container(pod, [&](const Container& one) { return one.id.starts_with(value); });
  if (key == "ctr-number") return fmt::format("{}", pod.containers.size()) == value;
  if (key == "ctr-status")
    return has_container(pod, [&](const Container& one) { return engine::status_name(one.status) == value; });
  if (key == "until") return pod.record.created < TRY(read_moment(value, now()));
  return fail(Code::invalid, "option --filter: there is no filter '{}' of pods", key)
      .with_cure("filters are id, name, label, label!, status, ctr-names, ctr-ids, ctr-number, ctr-status and until");
}

struct Order {
  std::string_view name;
  bool (*before)(const engine::Pod& one, const engine::Pod& other);
};
constexpr Order kOrders[] = {
    {"created", [](const engine::Pod& a, const engine::Pod& b) { return a.record.created > b.record.created; }},
    {"id", [](const engine::Pod& a, const engine::Pod& b) { return a.record.id < b.record.id; }},
    {"name", [](const engine::Pod& a, const engine::Pod& b) { return a.record.name < b.record.name; }},
    {"number", [](const engine::Pod& a, const engine::Pod& b) { return a.containers.size() < b.containers.size(); }},
    {"status", [](const engine::Pod& a, const engine::Pod& b) { return a.status() < b.status(); }},
};

Result<std::string> read_pod_order(std::string_view word) {
  if (std::ranges::find(kOrders, word, &Order::name) != std::end(kOrders)) return std::string(word);
  return fail(Code::invalid, "'{}' is not one of created, id, name, number, status", word);
}

Result<int> list_pods(const Globals& globals, const PodLsArguments& arguments) {
  std::vector<report::Column> columns(std::begin(kColumns), std::end(kColumns));
  auto show = [&](std::string_view field) { std::ranges::find(columns, field, &report::Column::field)->shown = true; };
  if (arguments.ids) show("ContainerIds");
  if (arguments.names) show("ContainerNames");
  if (arguments.status) show("ContainerStatuses");
  auto listing = TRY(report::Listing::make(arguments.listing, columns, "ID"));
  auto engine = TRY(open_engine(globals));
  auto pods = TRY(filtered_pods(engine, TRY(read_filters(arguments.filters))));
  if (arguments.latest && pods.size() > 1) pods.resize(1);
  std::ranges::stable_sort(pods, std::ranges::find(kOrders, arguments.sort, &Order::name)->before);
  const Timestamp moment = now();
  for (const auto& pod : pods)
    listing.add(listing.json() ? document(pod) : row(pod, arguments.listing.no_trunc, moment));
  TRY(listing.print());
  return 0;
}

constexpr options::Option kOptions[] = {
    options::flag<&PodLsArguments::ids>(0, "ctr-ids", "Show the IDs of the containers"),
    options::flag<&PodLsArguments::names>(0, "ctr-names", "Show the names of the containers"),
    options::flag<&PodLsArguments::status>(0, "ctr-status", "Show how the containers are"),
    options::option<&PodLsArguments::filters>('f', "filter", "KEY=VALUE", "List by name, label, status, ctr-names, …"),
    options::flag<&PodLsArguments::latest>('l', "latest", "List the last one made"),
    options::option<&PodLsArguments::sort, &read_pod_order>(0, "sort", "created|id|name|number|status",
                                                            "In which order (default created)"),
};
constexpr options::Group kGroups[] = {options::group(kOptions),
                                      options::group<&PodLsArguments::listing>(report::kListingOptions)};

struct PodInspectArguments {
  std::string format;
  std::vector<std::string> names;
};

Result<int> inspect_pods(const Globals& globals, const PodInspectArguments& arguments) {
  auto engine = TRY(open_engine(globals));
  return print_inspections(arguments.names, arguments.format, [&](const std::string& name) -> Result<json::object> {
    return inspection(TRY(engine::find_pod(engine, name)));
  });
}

constexpr options::Option kInspectOptions[] = {
    options::option<&PodInspectArguments::format>('f', "format", "FORMAT", "Print by a Go template"),
};
constexpr options::Group kInspectGroups[] = {options::group(kInspectOptions)};

}  // namespace

Result<std::vector<engine::Pod>> filtered_pods(engine::Engine& engine, const Filters& filters) {
  auto pods = TRY(engine::list_pods(engine));
  for (const auto& [key, value] : filters) {
    std::vector<engine::Pod> rest;
    // A key that does not exist is told also where there is no pod.
    TRY(holds({}, key, value));
    for (auto& pod : pods)
      if (TRY(holds(pod, key, value))) rest.push_back(std::move(pod));
    pods = std::move(rest);
  }
  return pods;
}

constinit const Command kPodLs = options::command<list_pods>({
    .name = "ps",
    .second_name = "ls",
    .summary = "List pods",
    .synopsis = "[OPTIONS]",
    .description = "Lists the pods, the newest first. Filters are id, name, label, label!, status, ctr-names, ctr-ids, "
                   "ctr-number, ctr-status and until; all must hold.",
    .groups = kGroups,
});

constinit const Command kPodInspect = options::command<inspect_pods>({
    .name = "inspect",
    .summary = "Print everything about pods",
    .synopsis = "[OPTIONS] POD...",
    .description = "Prints an array of JSON objects with the fields that podman has.",
    .groups = kInspectGroups,
    .words = options::words<&PodInspectArguments::names>({.name = "POD", .least = 1}),
});

}  // namespace gantry::cli
