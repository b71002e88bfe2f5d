#include "base/file.hpp"
#include "base/json.hpp"
#include "options/print.hpp"
#include "runtime_cli/context.hpp"

#include <boost/describe/class.hpp>

namespace gantry::runtime_cli {

namespace {

enum class Format { table, json };
constexpr options::Choice<Format> kFormats[] = {{"table", Format::table}, {"json", Format::json}};

/// A row of `list --format json`, in runc's words.
struct Row {
  std::string oci_version;
  std::string id;
  int pid = 0;
  std::string status;
  std::string bundle;
  std::string created;
  std::string owner;
};
BOOST_DESCRIBE_STRUCT(Row, (), (oci_version, id, pid, status, bundle, created, owner))
constexpr json::Options json_options(const Row*) { return {.required = {"pid"}}; }

struct ListArguments {
  Format format = Format::table;
  bool quiet = false;
};

std::string table_of(const std::vector<runtime::Listed>& all) {
  std::size_t width = 2;
  for (const auto& one : all) width = std::max(width, one.state.id.size());
  std::string text = fmt::format("{:<{}}  {:<8}{:<10}{}\n", "ID", width, "PID", "STATUS", "BUNDLE");
  for (const auto& one : all)
    text += fmt::format("{:<{}}  {:<8}{:<10}{}\n", one.state.id, width, one.state.pid, oci::name_of(one.state.status),
                        one.state.bundle);
  return text;
}

Result<int> list(const Globals& globals, const ListArguments& arguments) {
  auto all = TRY(runtime::list(TRY(settings(globals))));
  std::string text;
  if (arguments.quiet) {
    for (const auto& one : all) text += one.state.id + "\n";
  } else if (arguments.format == Format::json) {
    std::vector<Row> rows;
    for (const auto& one : all)
      rows.push_back({one.state.oci_version, one.state.id, one.state.pid, std::string(oci::name_of(one.state.status)),
                      one.state.bundle, one.created, one.owner});
    text = json::encode(rows) + "\n";
  } else {
    text = table_of(all);
  }
  TRY(options::print(text));
  return 0;
}

constexpr options::Option kListOptions[] = {
    options::option<&ListArguments::format, options::read_choice<kFormats>>('f', "format", "table|json",
                                                                            "How to print them"),
    options::flag<&ListArguments::quiet>('q', "quiet", "Print the ids alone"),
};
constexpr options::Group kListGroups[] = {options::group(kListOptions)};

struct PsArguments {
  Format format = Format::table;
  std::vector<std::string> names;
};

Result<int> ps(const Globals& globals, const PsArguments& arguments) {
  auto pids = TRY(runtime::processes(TRY(settings(globals)), arguments.names[0]));
  std::string text;
  if (arguments.format == Format::json) {
    text = json::encode(pids) + "\n";
  } else {
    text = fmt::format("{:>8} {}\n", "PID", "COMMAND");
    for (auto pid : pids)
      text += fmt::format("{:>8} {}", pid, read_file(fmt::format("/proc/{}/comm", pid)).value_or("\n"));
  }
  TRY(options::print(text));
  return 0;
}

constexpr options::Option kPsOptions[] = {
    options::option<&PsArguments::format, options::read_choice<kFormats>>('f', "format", "table|json",
                                                                          "How to print them"),
};
constexpr options::Group kPsGroups[] = {options::group(kPsOptions)};

}  // namespace

constinit const Command kList = options::command<list>({
    .name = "list",
    .summary = "List containers",
    .synopsis = "[OPTIONS]",
    .description = "Lists the containers whose state is below --root.",
    .groups = kListGroups,
});

constinit const Command kPs = options::command<ps>({
    .name = "ps",
    .summary = "List the processes of a container",
    .synopsis = "[OPTIONS] CONTAINER",
    .description = "Lists the processes in the container's cgroup, by their pids outside.",
    .groups = kPsGroups,
    .words = options::words<&PsArguments::names>(kContainer),
});

}  // namespace gantry::runtime_cli
