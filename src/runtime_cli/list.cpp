#include "base/json.hpp"
#include "options/print.hpp"
#include "runtime_cli/list_format.hpp"

#include <boost/describe/class.hpp>

namespace gantry::runtime_cli {

namespace {

/// What `state` and `list --format json` print: the specification's state, and what runc and crun add to it.
struct Row {
  std::string oci_version;
  std::string id;
  int pid = 0;
  oci::Status status = oci::Status::creating;
  std::string bundle;
  std::string rootfs;
  std::string created;
  std::map<std::string, std::string> annotations;
  std::string owner;
};
BOOST_DESCRIBE_STRUCT(Row, (), (oci_version, id, pid, status, bundle, rootfs, created, annotations, owner))
constexpr json::Options json_options(const Row*) { return {.required = {"pid"}}; }

Row row_of(runtime::Details details) {
  oci::State& state = details.state;
  return {std::move(state.oci_version),
          std::move(state.id),
          state.pid,
          state.status,
          std::move(state.bundle),
          std::move(details.rootfs),
          std::move(details.created),
          std::move(state.annotations),
          std::move(details.owner)};
}

struct StateArguments {
  std::vector<std::string> names;
};

Result<int> state(const Globals& globals, const StateArguments& arguments) {
  auto details = TRY(runtime::state(TRY(settings(globals)), arguments.names[0]));
  TRY(options::print(json::encode_pretty(row_of(std::move(details)))));
  return 0;
}

struct ListArguments {
  ListFormat format = ListFormat::table;
  bool quiet = false;
};

std::string table_of(const std::vector<runtime::Details>& all) {
  std::size_t id_width = 2, bundle_width = 6;
  for (const auto& one : all) {
    id_width = std::max(id_width, one.state.id.size());
    bundle_width = std::max(bundle_width, one.state.bundle.size());
  }
  auto line = [&](auto id, auto pid, auto status, auto bundle, auto created, auto owner) {
    return fmt::format("{:<{}}  {:<8}  {:<8}  {:<{}}  {:<30}  {}\n", id, id_width, pid, status, bundle, bundle_width,
                       created, owner);
  };
  std::string text = line("ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER");
  for (const auto& one : all)
    text += line(one.state.id, one.state.pid, oci::name_of(one.state.status), one.state.bundle, one.created, one.owner);
  return text;
}

Result<int> list(const Globals& globals, const ListArguments& arguments) {
  runtime::Settings settings = TRY(runtime_cli::settings(globals));
  std::string text;
  if (arguments.quiet) {
    for (const auto& id : TRY(runtime::container_ids(settings))) text += id + "\n";
  } else if (arguments.format == ListFormat::json) {
    std::vector<Row> rows;
    for (auto& one : TRY(runtime::list(settings))) rows.push_back(row_of(std::move(one)));
    text = json::encode(rows) + "\n";
  } else {
    text = table_of(TRY(runtime::list(settings)));
  }
  TRY(options::print(text));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::option<&ListArguments::format, options::read_choice<kListFormats>>('f', "format", "table|json",
                                                                                "How to print them"),
    options::flag<&ListArguments::quiet>('q', "quiet", "Print the ids alone"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};

}  // namespace

constinit const Command kState = options::command<state>({
    .name = "state",
    .summary = "Print the state of a container as JSON",
    .synopsis = "CONTAINER",
    .description = "Prints what the OCI runtime specification calls the state: version, id, status, pid, bundle and "
                   "annotations; besides these the root folder, the time of creation and the owner.",
    .words = options::words<&StateArguments::names>(kContainer),
});

constinit const Command kList = options::command<list>({
    .name = "list",
    .summary = "List containers",
    .synopsis = "[OPTIONS]",
    .description = "Lists the containers whose state is below --root.",
    .groups = kGroups,
});

}  // namespace gantry::runtime_cli
