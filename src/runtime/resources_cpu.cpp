#include "runtime/resources_write.hpp"

#include <algorithm>

namespace gantry::runtime {

namespace {

/// v2 has quota and period in one file; what is not given stays as it is.
Result<> set_quota_v2(const linux::Cgroup& cgroup, const oci::CpuLimits& cpu) {
  bool has_quota = cpu.quota.value_or(0) != 0, has_period = cpu.period.value_or(0) != 0;
  if (!has_quota && !has_period) return {};
  std::string text;
  if (has_quota) {
    text = *cpu.quota > 0 ? fmt::format("{}", *cpu.quota) : "max";
  } else {
    std::string now = TRY(with_context(cgroup.read("cpu", "cpu.max"), "/linux/resources/cpu/period"));
    text = cut(trim(now), ' ').before;
  }
  if (has_period) text += fmt::format(" {}", *cpu.period);
  return set_limit(cgroup, "cpu", "cpu.max", text, has_quota ? "cpu/quota" : "cpu/period");
}

Result<> apply_time_v2(const linux::Cgroup& cgroup, const oci::CpuLimits& cpu) {
  if (cpu.realtime_runtime.value_or(0) != 0)
    return cannot_limit("cpu/realtimeRuntime", "cgroup v2 does not limit real-time processes");
  if (cpu.realtime_period.value_or(0) != 0)
    return cannot_limit("cpu/realtimePeriod", "cgroup v2 does not limit real-time processes");
  if (cpu.shares.value_or(0) != 0)
    TRY(set_limit(cgroup, "cpu", "cpu.weight", fmt::format("{}", weight_of_shares(*cpu.shares)), "cpu/shares"));
  TRY(set_quota_v2(cgroup, cpu));
  if (cpu.burst) TRY(set_limit(cgroup, "cpu", "cpu.max.burst", fmt::format("{}", *cpu.burst), "cpu/burst"));
  return {};
}

Result<> apply_time_v1(const linux::Cgroup& cgroup, const oci::CpuLimits& cpu) {
  auto set = [&](const char* file, const auto& value, std::string_view member) -> Result<> {
    if (value.value_or(0) == 0) return {};
    return set_limit(cgroup, "cpu", file, fmt::format("{}", *value), member);
  };
  TRY(set("cpu.shares", cpu.shares, "cpu/shares"));
  TRY(set_pair([&] { return set("cpu.cfs_period_us", cpu.period, "cpu/period"); },
               [&] { return set("cpu.cfs_quota_us", cpu.quota, "cpu/quota"); }));
  if (cpu.burst) TRY(set_limit(cgroup, "cpu", "cpu.cfs_burst_us", fmt::format("{}", *cpu.burst), "cpu/burst"));
  return set_pair([&] { return set("cpu.rt_period_us", cpu.realtime_period, "cpu/realtimePeriod"); },
                  [&] { return set("cpu.rt_runtime_us", cpu.realtime_runtime, "cpu/realtimeRuntime"); });
}

}  // namespace

std::uint64_t weight_of_shares(std::uint64_t shares) {
  shares = std::clamp<std::uint64_t>(shares, 2, 262144);
  return 1 + (shares - 2) * 9999 / 262142;
}

Result<> apply_cpu(const linux::Cgroup& cgroup, const oci::CpuLimits& cpu) {
  TRY(cgroup.is_v2("cpu") ? apply_time_v2(cgroup, cpu) : apply_time_v1(cgroup, cpu));
  if (cpu.idle) TRY(set_limit(cgroup, "cpu", "cpu.idle", fmt::format("{}", *cpu.idle), "cpu/idle"));
  if (!cpu.cpus.empty()) TRY(set_limit(cgroup, "cpuset", "cpuset.cpus", cpu.cpus, "cpu/cpus"));
  if (!cpu.mems.empty()) TRY(set_limit(cgroup, "cpuset", "cpuset.mems", cpu.mems, "cpu/mems"));
  return {};
}

}  // namespace gantry::runtime
