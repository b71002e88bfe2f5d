#include "cli/top_view.hpp"

#include "base/text.hpp"
#include "linux/capabilities.hpp"
#include "options/print.hpp"
#include "report/table.hpp"

#include <algorithm>
#include <iterator>
#include <string>

namespace gantry::cli {

namespace {

using engine::ProcessInfo;

/// "1h2m3.4s", "12.3s": what a process has used, or how old it is.
std::string span_text(std::int64_t nanoseconds) {
  const std::int64_t seconds = nanoseconds / kSecond;
  if (seconds < 60) return fmt::format("{}.{}s", seconds, nanoseconds % kSecond / 100'000'000);
  if (seconds < 3600) return fmt::format("{}m{}s", seconds / 60, seconds % 60);
  return fmt::format("{}h{}m{}s", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

std::string capabilities_text(std::uint64_t mask) {
  if (mask == 0) return "none";
  if (mask == linux::all_capabilities()) return "full";
  std::string text;
  for (unsigned bit = 0; bit <= linux::last_capability(); ++bit) {
    if ((mask >> bit & 1) == 0) continue;
    text += text.empty() ? "" : ",";
    text += linux::capability_name(bit).substr(4);
  }
  return text;
}

double cpu_share(const ProcessInfo& process) {
  const auto age = static_cast<double>(std::max<std::int64_t>(now() - process.started, 1));
  return 100 * static_cast<double>(process.cpu_time) / age;
}

std::string arguments_text(const ProcessInfo& process) {
  return process.arguments.empty() ? "[" + process.command + "]" : join(process.arguments, " ");
}

/// What a column shows, by podman's descriptors and ps(1)'s names for them.
struct TopColumn {
  std::string_view name;
  std::string_view heading;
  std::string (*text)(const ProcessInfo& process);
};
using P = ProcessInfo;
constexpr TopColumn kTopColumns[] = {
    {"args", "COMMAND", [](const P& p) { return arguments_text(p); }},
    {"capeff", "EFFECTIVE CAPS", [](const P& p) { return capabilities_text(p.effective_capabilities); }},
    {"comm", "COMMAND", [](const P& p) { return p.command; }},
    {"cmd", "CMD", [](const P& p) { return arguments_text(p); }},
    {"etime", "ELAPSED", [](const P& p) { return span_text(now() - p.started); }},
    {"group", "GROUP", [](const P& p) { return p.group_name; }},
    {"hgroup", "HGROUP", [](const P& p) { return fmt::format("{}", p.host_gid); }},
    {"hpid", "HPID", [](const P& p) { return fmt::format("{}", p.host_pid); }},
    {"huser", "HUSER", [](const P& p) { return fmt::format("{}", p.host_uid); }},
    {"nice", "NI", [](const P& p) { return fmt::format("{}", p.nice); }},
    {"pcpu", "%CPU", [](const P& p) { return fmt::format("{:.3f}", cpu_share(p)); }},
    {"pgid", "PGID", [](const P& p) { return fmt::format("{}", p.group); }},
    {"pid", "PID", [](const P& p) { return fmt::format("{}", p.pid); }},
    {"ppid", "PPID", [](const P& p) { return fmt::format("{}", p.parent); }},
    {"rss", "RSS", [](const P& p) { return fmt::format("{}", p.resident_size / 1024); }},
    {"seccomp", "SECCOMP", [](const P& p) { return p.seccomp; }},
    {"state", "STATE", [](const P& p) { return std::string(1, p.state); }},
    {"stime", "STIME", [](const P& p) { return to_rfc3339(p.started).substr(11, 5); }},
    {"time", "TIME", [](const P& p) { return span_text(static_cast<std::int64_t>(p.cpu_time)); }},
    {"tty", "TTY", [](const P& p) { return p.terminal; }},
    {"user", "USER", [](const P& p) { return p.user; }},
    {"vsz", "VSZ", [](const P& p) { return fmt::format("{}", p.virtual_size / 1024); }},
};
constexpr std::string_view kOtherNames[][2] = {{"%C", "pcpu"}, {"%G", "group"}, {"%P", "ppid"},  {"%U", "user"},
                                               {"%a", "args"}, {"%c", "comm"},  {"%g", "group"}, {"%n", "nice"},
                                               {"%p", "pid"},  {"%r", "pgid"},  {"%t", "etime"}, {"%u", "user"},
                                               {"%x", "time"}, {"%y", "tty"},   {"%z", "vsz"},   {"uid", "user"}};
constexpr std::string_view kDefault[] = {"user", "pid", "ppid", "pcpu", "etime", "tty", "time", "cmd"};
/// ps -ef, as `docker top` shows it.
constexpr std::string_view kFull[] = {"user", "pid", "ppid", "pcpu", "stime", "tty", "time", "cmd"};

Result<const TopColumn*> column_of(std::string_view word) {
  for (const auto& other : kOtherNames)
    if (other[0] == word) word = other[1];
  const auto found = std::ranges::find(kTopColumns, word, &TopColumn::name);
  if (found != std::end(kTopColumns)) return found;
  std::string names;
  for (const auto& column : kTopColumns) names += fmt::format("{}{}", names.empty() ? "" : ", ", column.name);
  return fail(Code::invalid, "there is no column '{}' of processes", word).with_cure("columns are " + names);
}

/// The words after the container: columns, in one word or several; "-o a,b" and "-ef" as ps(1) takes them.
Result<std::vector<const TopColumn*>> choose_columns(const std::vector<std::string>& words) {
  std::vector<std::string> names;
  for (std::string word : words) {
    if (word == "-o" || word == "-eo") continue;
    if (word == "-ef" || word == "aux" || word == "-f") {
      names.insert(names.end(), std::begin(kFull), std::end(kFull));
      continue;
    }
    std::ranges::replace(word, ',', ' ');
    for (auto& name : split(word, ' '))
      if (!name.empty()) names.push_back(std::move(name));
  }
  if (names.empty()) names.assign(std::begin(kDefault), std::end(kDefault));
  std::vector<const TopColumn*> columns;
  for (const auto& name : names) columns.push_back(TRY(column_of(name)));
  return columns;
}

}  // namespace

Result<int> print_processes(const std::vector<ProcessInfo>& processes, const std::vector<std::string>& words) {
  const auto columns = TRY(choose_columns(words));
  report::Table table;
  std::vector<std::string> headings;
  for (const auto* column : columns) headings.emplace_back(column->heading);
  table.add(std::move(headings));
  for (const auto& process : processes) {
    std::vector<std::string> row;
    for (const auto* column : columns) row.push_back(column->text(process));
    table.add(std::move(row));
  }
  TRY(options::print(table.text()));
  return 0;
}

}  // namespace gantry::cli
