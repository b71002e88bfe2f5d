#include "engine/stats.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "engine/state.hpp"
#include "linux/system.hpp"
#include "runtime/events.hpp"

#include <algorithm>

namespace gantry::engine {

namespace {

/// The bytes that interfaces of a process's network namespace have received and sent: proc_pid_net(5), "dev".
void read_network(pid_t pid, ContainerStats& stats) {
  for (const auto& line : split(read_file(fmt::format("/proc/{}/net/dev", pid)).value_or(""), '\n')) {
    const Halves halves = cut(line, ':');
    if (!halves.found || trim(halves.before) == "lo") continue;
    auto words = split(trim(halves.after), ' ');
    std::erase(words, "");
    constexpr std::size_t kReceived = 0, kSent = 8;
    if (words.size() <= kSent) continue;
    stats.net_input += parse_unsigned(words[kReceived]).value_or(0);
    stats.net_output += parse_unsigned(words[kSent]).value_or(0);
  }
}

/// The folder of a process's cgroup v2; empty without one.
std::string unified_folder(pid_t pid) {
  for (const auto& line : split(read_file(fmt::format("/proc/{}/cgroup", pid)).value_or(""), '\n')) {
    if (!line.starts_with("0::")) continue;
    for (const char* mount : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"})
      if (path_exists(std::string(mount) + "/cgroup.controllers")) return mount + line.substr(3);
  }
  return {};
}

/// "some avg10=1.50 avg60=…" of cpu.pressure and its kin.
std::optional<double> read_pressure(const std::string& folder, const char* file) {
  if (folder.empty()) return {};
  const auto text = read_file(folder + "/" + file);
  if (!text) return {};
  constexpr std::string_view kHead = "some avg10=";
  const std::size_t begin = text->find(kHead);
  if (begin == std::string::npos) return {};
  return std::strtod(text->c_str() + begin + kHead.size(), nullptr);
}

void read_block(const runtime::BlkioStats& blkio, ContainerStats& stats) {
  for (const auto& entry : blkio.io_service_bytes_recursive) {
    const std::string op = to_lower(entry.op);
    if (op == "read") stats.block_input += entry.value;
    if (op == "write") stats.block_output += entry.value;
  }
}

void take(const runtime::Stats& from, ContainerStats& stats) {
  stats.cpu_time = from.cpu.usage.total;
  stats.cpu_system_time = from.cpu.usage.kernel;
  stats.throttled_time = from.cpu.throttling.throttled_time;
  stats.throttled_periods = from.cpu.throttling.throttled_periods;
  stats.periods = from.cpu.throttling.periods;
  // As docker and podman count: files that nobody has used lately can be dropped at once.
  const auto inactive =
      from.memory.raw.find(from.memory.raw.contains("total_inactive_file") ? "total_inactive_file" : "inactive_file");
  stats.memory = from.memory.usage.usage;
  if (inactive != from.memory.raw.end()) stats.memory -= std::min(stats.memory, inactive->second);
  stats.memory_limit = from.memory.usage.limit;
  stats.pids = from.pids.current;
  read_block(from.blkio, stats);
}

/// Where there is no cgroup, or a controller is missing.
Result<> take_from_processes(Engine& engine, const std::string& id, ContainerStats& stats) {
  stats.cpu_time = stats.memory = stats.pids = 0;
  for (const auto& process : TRY(engine.processes(id))) {
    ++stats.pids;
    stats.cpu_time += process.cpu_time;
    stats.memory += process.resident_size;
  }
  return {};
}

}  // namespace

Result<ContainerStats> container_stats(Engine& engine, const Container& container) {
  ContainerStats stats{.id = container.id,
                       .name = container.name,
                       .pod = container.config.pod,
                       .time = now(),
                       .started = container.started};
  const auto found = runtime::stats(engine.state().runtime(), container.id);
  if (found) take(*found, stats);
  if (!found || (stats.memory == 0 && stats.cpu_time == 0)) TRY(take_from_processes(engine, container.id, stats));
  const std::uint64_t machine = TRY(linux::system_info()).memory_total;
  if (stats.memory_limit == 0 || stats.memory_limit > machine) stats.memory_limit = machine;
  read_network(container.pid, stats);
  const std::string folder = unified_folder(container.pid);
  stats.cpu_pressure = read_pressure(folder, "cpu.pressure");
  stats.memory_pressure = read_pressure(folder, "memory.pressure");
  stats.io_pressure = read_pressure(folder, "io.pressure");
  return stats;
}

}  // namespace gantry::engine
