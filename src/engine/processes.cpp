#include "engine/processes.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "engine/read_inside.hpp"
#include "engine/state.hpp"
#include "linux/idmap.hpp"

#include <fcntl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <set>

namespace gantry::engine {

namespace {

template <class Number>
Number number(std::string_view text) {
  return static_cast<Number>(parse_signed(text).value_or(0));
}

/// "Uid:\t0\t0\t0\t0" as key and the words after it.
std::map<std::string, std::vector<std::string>> read_status(const std::string& folder) {
  std::map<std::string, std::vector<std::string>> fields;
  for (const auto& line : split(read_file(folder + "/status").value_or(""), '\n')) {
    const Halves halves = cut(line, ':');
    std::string blank(trim(halves.after));
    std::ranges::replace(blank, '\t', ' ');
    auto words = split(blank, ' ');
    std::erase(words, "");
    fields[std::string(halves.before)] = std::move(words);
  }
  return fields;
}

/// The words of /proc/PID/stat from field 3 on: the name before them may hold anything.
std::vector<std::string> read_stat(const std::string& folder) {
  const std::string text = read_file(folder + "/stat").value_or("");
  return split(trim(cut_last(text, ')').after), ' ');
}

std::string terminal_name(unsigned device) {
  constexpr unsigned kPtsFirst = 136, kPtsLast = 143;
  if (device == 0) return "?";
  if (major(device) >= kPtsFirst && major(device) <= kPtsLast)
    return fmt::format("pts/{}", (major(device) - kPtsFirst) * 256 + minor(device));
  return fmt::format("{}:{}", major(device), minor(device));
}

Timestamp boot_time() {
  for (const auto& line : split(read_file("/proc/stat").value_or(""), '\n'))
    if (line.starts_with("btime ")) return number<Timestamp>(line.substr(6)) * kSecond;
  return 0;
}

/// Names by number, of the lines "NAME:x:NUMBER:…".
std::map<std::uint32_t, std::string> names_in(const std::string& text) {
  std::map<std::uint32_t, std::string> names;
  for (const auto& line : split(text, '\n')) {
    const auto fields = split(line, ':');
    if (fields.size() < 3) continue;
    if (auto id = parse_unsigned(fields[2])) names.try_emplace(static_cast<std::uint32_t>(*id), fields[0]);
  }
  return names;
}

/// What the processes of one container are shown with.
class Survey {
 public:
  Survey(const linux::IdMaps& maps, pid_t init) : maps_(maps), boot_(boot_time()) {
    if (auto root = open_file(fmt::format("/proc/{}/root", init), O_PATH | O_DIRECTORY)) {
      users_ = names_in(read_inside(*root, "/etc/passwd").value_or(""));
      groups_ = names_in(read_inside(*root, "/etc/group").value_or(""));
    }
  }

  std::optional<ProcessInfo> look(pid_t pid) const {
    const std::string folder = fmt::format("/proc/{}", pid);
    auto status = read_status(folder);
    const auto stat = read_stat(folder);
    constexpr std::size_t kFields = 22;
    if (status.empty() || stat.size() < kFields) return {};  // it has ended meanwhile
    ProcessInfo info{.host_pid = pid};
    read_ids(status, info);
    read_times(stat, info);
    info.command = join(status["Name"], " ");
    for (auto& word : split(read_file(folder + "/cmdline").value_or(""), '\0'))
      info.arguments.push_back(std::move(word));
    if (!info.arguments.empty() && info.arguments.back().empty()) info.arguments.pop_back();
    return info;
  }

 private:
  static std::string word(const std::vector<std::string>& words, std::size_t index) {
    return index < words.size() ? words[index] : std::string();
  }

  void read_ids(std::map<std::string, std::vector<std::string>>& status, ProcessInfo& info) const {
    constexpr std::size_t kEffective = 1;
    if (!status["NSpid"].empty()) info.pid = number<pid_t>(status["NSpid"].back());
    info.host_uid = number<std::uint32_t>(word(status["Uid"], kEffective));
    info.host_gid = number<std::uint32_t>(word(status["Gid"], kEffective));
    info.uid = inside(maps_.uids, info.host_uid);
    info.gid = inside(maps_.gids, info.host_gid);
    info.user = name_of(users_, info.uid);
    info.group_name = name_of(groups_, info.gid);
    info.effective_capabilities = std::stoull("0" + word(status["CapEff"], 0), nullptr, 16);
    const std::string mode = word(status["Seccomp"], 0);
    info.seccomp = mode == "2" ? "filter" : mode == "1" ? "strict" : "disabled";
  }

  void read_times(const std::vector<std::string>& stat, ProcessInfo& info) const {
    // Numbers of proc_pid_stat(5), which counts from 1; stat[0] is field 3.
    auto field = [&](std::size_t at) { return stat[at - 3]; };
    const std::int64_t tick = kSecond / sysconf(_SC_CLK_TCK);
    info.state = field(3).empty() ? '?' : field(3)[0];
    info.host_parent = number<pid_t>(field(4));
    info.group = number<pid_t>(field(5));
    info.terminal = terminal_name(number<unsigned>(field(7)));
    info.cpu_time = number<std::uint64_t>(field(14)) * tick + number<std::uint64_t>(field(15)) * tick;
    info.nice = number<int>(field(19));
    info.started = boot_ + number<std::int64_t>(field(22)) * tick;
    info.virtual_size = number<std::uint64_t>(field(23));
    info.resident_size = number<std::uint64_t>(field(24)) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  }

  static std::uint32_t inside(const std::vector<linux::IdMap>& maps, std::uint32_t outside) {
    for (const auto& map : maps)
      if (outside >= map.outside && outside - map.outside < map.count) return map.inside + (outside - map.outside);
    return outside;
  }
  static std::string name_of(const std::map<std::uint32_t, std::string>& names, std::uint32_t id) {
    const auto found = names.find(id);
    return found != names.end() ? found->second : fmt::format("{}", id);
  }

  linux::IdMaps maps_;
  Timestamp boot_;
  std::map<std::uint32_t, std::string> users_;
  std::map<std::uint32_t, std::string> groups_;
};

std::vector<linux::IdMap> read_map(const std::string& path) {
  std::vector<linux::IdMap> maps;
  for (const auto& line : split(read_file(path).value_or(""), '\n')) {
    auto words = split(line, ' ');
    std::erase(words, "");
    if (words.size() != 3) continue;
    maps.push_back({number<std::uint32_t>(words[0]), number<std::uint32_t>(words[1]), number<std::uint32_t>(words[2])});
  }
  return maps;
}

/// Where there is no cgroup: the processes of the init's pid namespace.
std::vector<pid_t> pids_of_namespace(pid_t init) {
  std::vector<pid_t> pids;
  const auto wanted = read_link(fmt::format("/proc/{}/ns/pid", init));
  const auto names = list_folder("/proc");
  if (!wanted || !names) return pids;
  for (const auto& name : *names) {
    const auto pid = parse_unsigned(name);
    if (!pid) continue;
    const auto space = read_link("/proc/" + name + "/ns/pid");
    if (space && *space == *wanted) pids.push_back(static_cast<pid_t>(*pid));
  }
  return pids;
}

}  // namespace

Result<std::vector<ProcessInfo>> Engine::processes(const std::string& name) {
  const Container container = TRY(state_->find_running(name));
  auto pids = runtime::processes(state_->runtime(), container.id);
  std::vector<pid_t> found = pids ? std::move(*pids) : pids_of_namespace(container.pid);
  std::ranges::sort(found);
  const std::string init = fmt::format("/proc/{}", container.pid);
  const Survey survey({read_map(init + "/uid_map"), read_map(init + "/gid_map")}, container.pid);
  std::vector<ProcessInfo> processes;
  std::map<pid_t, pid_t> inside;
  for (pid_t pid : found) {
    if (auto info = survey.look(pid)) {
      inside[info->host_pid] = info->pid;
      processes.push_back(std::move(*info));
    }
  }
  for (auto& process : processes) {
    const auto parent = inside.find(process.host_parent);
    if (parent != inside.end()) process.parent = parent->second;
  }
  return processes;
}

}  // namespace gantry::engine
