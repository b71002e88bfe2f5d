#include "base/file.hpp"
#include "base/json.hpp"
#include "base/subprocess.hpp"
#include "base/text.hpp"
#include "options/print.hpp"
#include "runtime_cli/list_format.hpp"

#include <algorithm>

namespace gantry::runtime_cli {

namespace {

struct PsArguments {
  ListFormat format = ListFormat::table;
  std::vector<std::string> words;
};

std::string table_of(const std::vector<pid_t>& pids) {
  std::string text = fmt::format("{:>8} {}\n", "PID", "COMMAND");
  for (auto pid : pids) {
    auto command = read_file(fmt::format("/proc/{}/comm", pid));
    if (command) text += fmt::format("{:>8} {}", pid, *command);  // else it has just ended
  }
  return text;
}

std::vector<std::string_view> fields(std::string_view line) {
  std::vector<std::string_view> found;
  while (!(line = trim(line)).empty()) {
    found.push_back(line.substr(0, line.find_first_of(" \t")));
    line.remove_prefix(found.back().size());
  }
  return found;
}

/// The lines of ps(1) that are about the container: the heading, and those with one of `pids` below its "PID".
Result<std::string> lines_of_ps(const std::vector<std::string>& options, const std::vector<pid_t>& pids) {
  std::vector<std::string> argv{"ps"};
  argv.insert(argv.end(), options.begin(), options.end());
  auto lines = split(TRY(command_output({.argv = std::move(argv)})), '\n');
  auto heading = fields(lines[0]);
  auto column = static_cast<std::size_t>(std::ranges::find(heading, "PID") - heading.begin());
  if (column == heading.size())
    return fail(Code::invalid, "ps {} prints no PID", join(options, " ")).with_cure("choose options that do");
  std::string text = lines[0] + "\n";
  for (std::size_t i = 1; i < lines.size(); ++i) {
    auto values = fields(lines[i]);
    auto pid = values.size() > column ? parse_unsigned(values[column]) : 0;
    if (pid && std::ranges::find(pids, static_cast<pid_t>(*pid)) != pids.end()) text += lines[i] + "\n";
  }
  return text;
}

Result<int> ps(const Globals& globals, const PsArguments& arguments) {
  auto pids = TRY(runtime::processes(TRY(settings(globals)), arguments.words[0]));
  std::vector<std::string> options(arguments.words.begin() + 1, arguments.words.end());
  std::string text;
  if (arguments.format == ListFormat::json) text = json::encode(pids) + "\n";
  else if (options.empty()) text = table_of(pids);
  else text = TRY(lines_of_ps(options, pids));
  TRY(options::print(text));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::option<&PsArguments::format, options::read_choice<kListFormats>>('f', "format", "table|json",
                                                                              "How to print them; json: the pids"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};
constexpr options::Example kExamples[] = {{"gantry-runtime ps web -ef", "See what ps(1) says of the processes"}};

}  // namespace

constinit const Command kPs = options::command<ps>({
    .name = "ps",
    .summary = "List the processes of a container",
    .synopsis = "[OPTIONS] CONTAINER [PS-OPTION...]",
    .description = "Lists the processes in the container's cgroup, by their pids outside. With options of ps(1) it is "
                   "that program which prints them.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&PsArguments::words>({.name = "CONTAINER", .least = 1, .command_line = true}),
});

}  // namespace gantry::runtime_cli
