#include "runtime/stats.hpp"

#include "base/file.hpp"
#include "base/text.hpp"

#include <unistd.h>

namespace gantry::runtime {

namespace {

using Numbers = std::map<std::string, std::uint64_t>;

/// A controller's files. What cannot be read counts as 0: kernels differ in what they have.
class Files {
 public:
  Files(const linux::Cgroup& cgroup, std::string_view controller) : cgroup_(cgroup), controller_(controller) {}

  bool v2() const { return cgroup_.is_v2(controller_); }
  std::string text(const std::string& file) const { return cgroup_.read(controller_, file).value_or(""); }
  std::uint64_t number(const std::string& file) const { return parse_unsigned(trim(text(file))).value_or(0); }
  /// "max" of v2 is v1's greatest number.
  std::uint64_t limit(const std::string& file) const {
    std::string value = text(file);
    return trim(value) == "max" ? UINT64_MAX : parse_unsigned(trim(value)).value_or(0);
  }
  /// Lines "name number".
  Numbers table(const std::string& file) const {
    Numbers numbers;
    for (const auto& line : split(text(file), '\n')) {
      auto [name, value, found] = cut(line, ' ');
      if (auto number = parse_unsigned(trim(value)); found && number) numbers.emplace(name, *number);
    }
    return numbers;
  }

 private:
  const linux::Cgroup& cgroup_;
  std::string_view controller_;
};

std::uint64_t find(const Numbers& numbers, const char* name) {
  auto found = numbers.find(name);
  return found == numbers.end() ? 0 : found->second;
}

constexpr std::uint64_t kPerMicrosecond = 1000;

CpuStats read_cpu_v2(const Files& files) {
  Numbers stat = files.table("cpu.stat");
  return {.usage = {.total = find(stat, "usage_usec") * kPerMicrosecond,
                    .percpu = {},
                    .kernel = find(stat, "system_usec") * kPerMicrosecond,
                    .user = find(stat, "user_usec") * kPerMicrosecond},
          .throttling = {find(stat, "nr_periods"), find(stat, "nr_throttled"),
                         find(stat, "throttled_usec") * kPerMicrosecond}};
}

CpuStats read_cpu_v1(const Files& cpu, const Files& accounting) {
  CpuStats stats;
  stats.usage.total = accounting.number("cpuacct.usage");
  for (const auto& word : split(trim(accounting.text("cpuacct.usage_percpu")), ' '))
    if (auto number = parse_unsigned(word)) stats.usage.percpu.push_back(*number);
  Numbers ticks = accounting.table("cpuacct.stat");
  const auto per_tick = 1'000'000'000 / static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
  stats.usage.user = find(ticks, "user") * per_tick;
  stats.usage.kernel = find(ticks, "system") * per_tick;
  Numbers stat = cpu.table("cpu.stat");
  stats.throttling = {find(stat, "nr_periods"), find(stat, "nr_throttled"), find(stat, "throttled_time")};
  return stats;
}

MemoryStats read_memory_v2(const Files& files) {
  MemoryStats stats;
  stats.raw = files.table("memory.stat");
  stats.cache = find(stats.raw, "file");
  stats.usage = {files.limit("memory.max"), files.number("memory.current"), files.number("memory.peak"),
                 find(files.table("memory.events"), "max")};
  // v1 counts memory and swap together.
  std::uint64_t limit = files.limit("memory.swap.max");
  if (stats.usage.limit == UINT64_MAX) limit = UINT64_MAX;
  else if (limit != UINT64_MAX) limit += stats.usage.limit;
  stats.swap = {limit, stats.usage.usage + files.number("memory.swap.current"), 0,
                find(files.table("memory.swap.events"), "max")};
  return stats;
}

MemoryUsage read_memory_v1(const Files& files, const std::string& kind) {
  return {files.number(kind + "limit_in_bytes"), files.number(kind + "usage_in_bytes"),
          files.number(kind + "max_usage_in_bytes"), files.number(kind + "failcnt")};
}

MemoryStats read_memory_v1(const Files& files) {
  MemoryStats stats;
  stats.raw = files.table("memory.stat");
  stats.cache = find(stats.raw, "cache");
  stats.usage = read_memory_v1(files, "memory.");
  stats.swap = read_memory_v1(files, "memory.memsw.");
  stats.kernel = read_memory_v1(files, "memory.kmem.");
  stats.kernel_tcp = read_memory_v1(files, "memory.kmem.tcp.");
  return stats;
}

/// "8:0 Read 4096"; the line "Total 4096" has no device.
std::vector<BlkioEntry> read_blkio_v1(const Files& files, const std::string& file) {
  std::vector<BlkioEntry> entries;
  for (const auto& line : split(files.text(file), '\n')) {
    auto words = split(line, ' ');
    if (words.size() != 3) continue;
    auto [major, minor, found] = cut(words[0], ':');
    entries.push_back({parse_unsigned(major).value_or(0), parse_unsigned(minor).value_or(0), words[1],
                       parse_unsigned(words[2]).value_or(0)});
  }
  return entries;
}

/// "8:0 rbytes=4096 wbytes=0 rios=1 wios=0 …"
BlkioStats read_io_v2(const Files& files) {
  BlkioStats stats;
  for (const auto& line : split(files.text("io.stat"), '\n')) {
    auto words = split(line, ' ');
    auto [major, minor, found] = cut(words[0], ':');
    for (std::size_t i = 1; i < words.size(); ++i) {
      auto [name, value, has_value] = cut(words[i], '=');
      BlkioEntry entry{parse_unsigned(major).value_or(0), parse_unsigned(minor).value_or(0),
                       name.starts_with('r') ? "Read" : "Write", parse_unsigned(value).value_or(0)};
      if (name == "rbytes" || name == "wbytes") stats.io_service_bytes_recursive.push_back(std::move(entry));
      else if (name == "rios" || name == "wios") stats.io_serviced_recursive.push_back(std::move(entry));
    }
  }
  return stats;
}

BlkioStats read_blkio_v1(const Files& files) {
  return {read_blkio_v1(files, "blkio.throttle.io_service_bytes_recursive"),
          read_blkio_v1(files, "blkio.throttle.io_serviced_recursive")};
}

/// "2MB", as in the names of the controller's files.
std::string page_size_name(std::uint64_t kilobytes) {
  if (kilobytes >= 1u << 20) return fmt::format("{}GB", kilobytes >> 20);
  return kilobytes >= 1u << 10 ? fmt::format("{}MB", kilobytes >> 10) : fmt::format("{}KB", kilobytes);
}

std::map<std::string, HugetlbStats> read_hugetlb(const Files& files) {
  std::map<std::string, HugetlbStats> stats;
  // hugepages-2048kB
  for (const auto& name : list_folder("/sys/kernel/mm/hugepages").value_or(std::vector<std::string>())) {
    auto digits = std::string_view(name).substr(name.find('-') + 1);
    auto kilobytes = parse_unsigned(digits.substr(0, digits.find('k')));
    if (!kilobytes) continue;
    std::string size = page_size_name(*kilobytes), prefix = fmt::format("hugetlb.{}.", size);
    if (files.v2()) stats[size] = {files.number(prefix + "current"), 0, find(files.table(prefix + "events"), "max")};
    else
      stats[size] = {files.number(prefix + "usage_in_bytes"), files.number(prefix + "max_usage_in_bytes"),
                     files.number(prefix + "failcnt")};
  }
  return stats;
}

}  // namespace

Stats read_stats(const linux::Cgroup& cgroup) {
  Files cpu(cgroup, "cpu"), accounting(cgroup, "cpuacct"), memory(cgroup, "memory"), pids(cgroup, "pids");
  Stats stats;
  stats.cpu = cpu.v2() ? read_cpu_v2(cpu) : read_cpu_v1(cpu, accounting);
  stats.memory = memory.v2() ? read_memory_v2(memory) : read_memory_v1(memory);
  std::uint64_t limit = pids.limit("pids.max");
  stats.pids = {pids.number("pids.current"), limit == UINT64_MAX ? 0 : limit};
  Files io(cgroup, "io"), blkio(cgroup, "blkio"), hugetlb(cgroup, "hugetlb");
  stats.blkio = blkio.v2() ? read_io_v2(io) : read_blkio_v1(blkio);
  if (cgroup.has("hugetlb")) stats.hugetlb = read_hugetlb(hugetlb);
  return stats;
}

}  // namespace gantry::runtime
