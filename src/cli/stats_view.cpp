#include "cli/stats_view.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "cli/context.hpp"
#include "options/print.hpp"

#include <boost/json/object.hpp>

#include <unistd.h>

#include <chrono>
#include <thread>

namespace gantry::cli {

namespace json = boost::json;

namespace {

using engine::ContainerStats;

constexpr report::Column kColumns[] = {
    {"ID", "ID", true},
    {"Name", "NAME", true},
    {"CPUPerc", "CPU %", true},
    {"MemUsage", "MEM USAGE / LIMIT", true},
    {"MemPerc", "MEM %", true},
    {"NetIO", "NET IO", true},
    {"BlockIO", "BLOCK IO", true},
    {"PIDs", "PIDS", true},
    {"CPUTime", "CPU TIME", true},
    {"AVGCPU", "AVG CPU %", true},
    {"Throttled", "THROTTLED", true},
    {"Pressure", "PRESSURE", true},
    {"Pod", "POD"},
};

double percent(std::uint64_t part, std::int64_t whole) {
  return whole <= 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(whole);
}

std::string span_text(std::uint64_t nanoseconds) {
  if (nanoseconds < 1'000'000) return fmt::format("{:.3f}µs", static_cast<double>(nanoseconds) / 1e3);
  if (nanoseconds < 1'000'000'000) return fmt::format("{:.3f}ms", static_cast<double>(nanoseconds) / 1e6);
  if (nanoseconds < 60'000'000'000) return fmt::format("{:.3f}s", static_cast<double>(nanoseconds) / 1e9);
  const std::uint64_t seconds = nanoseconds / 1'000'000'000;
  return fmt::format("{}m{}s", seconds / 60, seconds % 60);
}

/// The share of its CPU limit's periods in which it was held back; "--" without a limit.
std::string throttled_text(const ContainerStats& stats) {
  if (stats.periods == 0) return "--";
  return fmt::format("{:.1f}%", percent(stats.throttled_periods, static_cast<std::int64_t>(stats.periods)));
}

/// "cpu 1% mem 0% io 3%"; "--" where the kernel does not tell.
std::string pressure_text(const ContainerStats& stats) {
  if (!stats.cpu_pressure && !stats.memory_pressure && !stats.io_pressure) return "--";
  auto part = [](std::string_view name, const std::optional<double>& value) {
    return value ? fmt::format("{} {:.0f}%", name, *value) : fmt::format("{} --", name);
  };
  return fmt::format("{} {} {}", part("cpu", stats.cpu_pressure), part("mem", stats.memory_pressure),
                     part("io", stats.io_pressure));
}

/// Between two looks, or since the start at the first.
double cpu_percent(const ContainerStats& stats, const ContainerStats* before) {
  if (before == nullptr) return percent(stats.cpu_time, stats.time - stats.started);
  return percent(stats.cpu_time - std::min(stats.cpu_time, before->cpu_time), stats.time - before->time);
}

json::object row(const ContainerStats& stats, const ContainerStats* before, bool in_full) {
  return {
      {"ID", in_full ? stats.id : short_id(stats.id)},
      {"ContainerID", stats.id},
      {"Container", stats.id},
      {"Name", stats.name},
      {"Pod", in_full ? stats.pod : short_id(stats.pod)},
      {"CPUPerc", fmt::format("{:.2f}%", cpu_percent(stats, before))},
      {"CPU", fmt::format("{:.2f}", cpu_percent(stats, before))},
      {"AVGCPU", fmt::format("{:.2f}%", percent(stats.cpu_time, stats.time - stats.started))},
      {"CPUTime", span_text(stats.cpu_time)},
      {"MemUsage", fmt::format("{} / {}", human_size(stats.memory), human_size(stats.memory_limit))},
      {"MemUsageBytes", fmt::format("{} / {}", stats.memory, stats.memory_limit)},
      {"MemPerc", fmt::format("{:.2f}%", percent(stats.memory, static_cast<std::int64_t>(stats.memory_limit)))},
      {"NetIO", fmt::format("{} / {}", human_size(stats.net_input), human_size(stats.net_output))},
      {"BlockIO", fmt::format("{} / {}", human_size(stats.block_input), human_size(stats.block_output))},
      {"PIDs", stats.pids},
      {"PIDS", stats.pids},
      {"Throttled", throttled_text(stats)},
      {"Pressure", pressure_text(stats)},
  };
}

json::value pressure(const std::optional<double>& value) { return value ? json::value(*value) : json::value(nullptr); }

/// podman's `stats --format json`, and in machine units what it does not have.
json::object document(const ContainerStats& stats, const ContainerStats* before) {
  return {
      {"id", short_id(stats.id)},
      {"name", stats.name},
      {"cpu_time", span_text(stats.cpu_time)},
      {"cpu_percent", fmt::format("{:.2f}%", cpu_percent(stats, before))},
      {"avg_cpu", fmt::format("{:.2f}%", percent(stats.cpu_time, stats.time - stats.started))},
      {"mem_usage", fmt::format("{} / {}", human_size(stats.memory), human_size(stats.memory_limit))},
      {"mem_percent", fmt::format("{:.2f}%", percent(stats.memory, static_cast<std::int64_t>(stats.memory_limit)))},
      {"net_io", fmt::format("{} / {}", human_size(stats.net_input), human_size(stats.net_output))},
      {"block_io", fmt::format("{} / {}", human_size(stats.block_input), human_size(stats.block_output))},
      {"pids", fmt::format("{}", stats.pids)},
      {"cpu_nanoseconds", stats.cpu_time},
      {"cpu_system_nanoseconds", stats.cpu_system_time},
      {"throttled_nanoseconds", stats.throttled_time},
      {"throttled_periods", stats.throttled_periods},
      {"periods", stats.periods},
      {"memory_bytes", stats.memory},
      {"memory_limit_bytes", stats.memory_limit},
      {"cpu_pressure", pressure(stats.cpu_pressure)},
      {"memory_pressure", pressure(stats.memory_pressure)},
      {"io_pressure", pressure(stats.io_pressure)},
  };
}

/// The looks at one container after the other.
class StatsView {
 public:
  StatsView(engine::Engine& engine, const StatsOptions& options) : engine_(engine), options_(options) {}

  Result<> print(const std::vector<engine::Container>& containers) {
    auto listing = TRY(report::Listing::make({.format = options_.format}, kColumns, "ID"));
    std::map<std::string, ContainerStats> seen;
    for (const auto& container : containers) {
      auto stats = engine::container_stats(engine_, container);
      if (!stats) continue;  // it has ended meanwhile
      const auto before = before_.find(container.id);
      const ContainerStats* last = before == before_.end() ? nullptr : &before->second;
      warn_of_throttling(*stats, last);
      listing.add(listing.json() ? document(*stats, last) : row(*stats, last, options_.no_trunc));
      seen.emplace(container.id, std::move(*stats));
    }
    before_ = std::move(seen);
    const bool clears = !options_.no_stream && !options_.no_reset && options_.format.empty() && isatty(1);
    if (clears) TRY(options::print("\x1b[2J\x1b[H"));
    return listing.print();
  }

 private:
  /// Once a container.
  void warn_of_throttling(const ContainerStats& stats, const ContainerStats* before) {
    constexpr double kMuch = 25;  // percent of the periods
    const std::uint64_t periods = stats.periods - (before ? std::min(before->periods, stats.periods) : 0);
    const std::uint64_t throttled =
        stats.throttled_periods - (before ? std::min(before->throttled_periods, stats.throttled_periods) : 0);
    if (periods == 0 || percent(throttled, static_cast<std::int64_t>(periods)) < kMuch) return;
    if (!warned_.emplace(stats.id, true).second) return;
    log::warning("container '{}' is held back by its CPU limit in {:.0f}% of the time", stats.name,
                 percent(throttled, static_cast<std::int64_t>(periods)));
  }

  engine::Engine& engine_;
  const StatsOptions& options_;
  std::map<std::string, ContainerStats> before_;
  std::map<std::string, bool> warned_;
};

}  // namespace

Result<int> show_stats(engine::Engine& engine, const StatsOptions& options,
                       const std::function<Result<std::vector<engine::Container>>()>& choose) {
  StatsView view(engine, options);
  while (true) {
    TRY(view.print(TRY(choose())));
    if (options.no_stream) return 0;
    std::this_thread::sleep_for(std::chrono::seconds(options.interval));
  }
}

}  // namespace gantry::cli
