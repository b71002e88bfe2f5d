#include "runtime/resources.hpp"

#include "base/text.hpp"
#include "linux/cgroup_device.hpp"

#include <algorithm>

namespace gantry::runtime {

namespace {

/// v1 and v2 write "no limit" differently.
std::string limit_text(std::int64_t value, bool v2) { return value < 0 && v2 ? "max" : fmt::format("{}", value); }

/// v1's cpu.shares (2 to 262144) on v2's scale of cpu.weight (1 to 10000), as runc and crun convert it.
std::uint64_t weight_of_shares(std::uint64_t shares) {
  shares = std::clamp<std::uint64_t>(shares, 2, 262144);
  return 1 + (shares - 2) * 9999 / 262142;
}

/// v1's blkio.weight (10 to 1000) on v2's scale of io.weight (1 to 10000).
std::uint64_t weight_of_blkio(std::uint64_t weight) {
  return 1 + (std::clamp<std::uint64_t>(weight, 10, 1000) - 10) * 9999 / 990;
}

Result<> set(const linux::Cgroup& cgroup, std::string_view controller, const char* file, std::string_view value,
             std::string_view member) {
  auto written = cgroup.write(controller, file, value);
  if (written) return {};
  return std::move(written.error()).with_context(fmt::format("/linux/resources/{}", member));
}

Result<> apply_memory_v2(const linux::Cgroup& cgroup, const oci::MemoryLimits& memory) {
  if (memory.swap && *memory.swap != 0) {
    // v1 counts memory and swap together, v2 apart.
    std::int64_t limit = memory.limit.value_or(0);
    if (*memory.swap > 0 && limit > *memory.swap)
      return fail(Code::invalid, "/linux/resources/memory/swap: {} is less than the memory limit", *memory.swap);
    std::int64_t swap = *memory.swap < 0 ? -1 : *memory.swap - std::max<std::int64_t>(limit, 0);
    auto written = cgroup.write("memory", "memory.swap.max", limit_text(swap, true));
    // A kernel without swap accounting has no such file; without swap there is nothing to limit.
    if (!written && written.error().code() != Code::not_found)
      return std::move(written.error()).with_context("/linux/resources/memory/swap");
  }
  if (memory.limit && *memory.limit != 0)
    TRY(set(cgroup, "memory", "memory.max", limit_text(*memory.limit, true), "memory/limit"));
  if (memory.reservation && *memory.reservation != 0)
    TRY(set(cgroup, "memory", "memory.low", limit_text(*memory.reservation, true), "memory/reservation"));
  return {};
}

Result<> apply_memory_v1(const linux::Cgroup& cgroup, const oci::MemoryLimits& memory) {
  constexpr const char* kLimit = "memory.limit_in_bytes";
  constexpr const char* kSwap = "memory.memsw.limit_in_bytes";
  auto set_limit = [&]() -> Result<> {
    if (!memory.limit || *memory.limit == 0) return {};
    return set(cgroup, "memory", kLimit, limit_text(*memory.limit, false), "memory/limit");
  };
  auto set_swap = [&]() -> Result<> {
    if (!memory.swap || *memory.swap == 0) return {};
    auto written = cgroup.write("memory", kSwap, limit_text(*memory.swap, false));
    if (written || written.error().code() == Code::not_found) return {};
    return std::move(written.error()).with_context("/linux/resources/memory/swap");
  };
  // Memory may never be above memory plus swap: raise the sum first, or lower it last.
  auto first = set_limit();
  if (first) {
    TRY(set_swap());
  } else {
    TRY(set_swap());
    TRY(set_limit());
  }
  if (memory.reservation && *memory.reservation != 0)
    TRY(set(cgroup, "memory", "memory.soft_limit_in_bytes", limit_text(*memory.reservation, false),
            "memory/reservation"));
  if (memory.swappiness)
    TRY(set(cgroup, "memory", "memory.swappiness", fmt::format("{}", *memory.swappiness), "memory/swappiness"));
  if (memory.disable_oom_killer.value_or(false))
    TRY(set(cgroup, "memory", "memory.oom_control", "1", "memory/disableOOMKiller"));
  return {};
}

Result<> apply_cpu_v2(const linux::Cgroup& cgroup, const oci::CpuLimits& cpu) {
  if (cpu.shares && *cpu.shares != 0)
    TRY(set(cgroup, "cpu", "cpu.weight", fmt::format("{}", weight_of_shares(*cpu.shares)), "cpu/shares"));
  if (cpu.quota || cpu.period) {
    std::string quota = cpu.quota.value_or(-1) > 0 ? fmt::format("{}", *cpu.quota) : "max";
    TRY(set(cgroup, "cpu", "cpu.max", fmt::format("{} {}", quota, cpu.period.value_or(100000)), "cpu/quota"));
  }
  if (cpu.burst) TRY(set(cgroup, "cpu", "cpu.max.burst", fmt::format("{}", *cpu.burst), "cpu/burst"));
  if (cpu.idle) TRY(set(cgroup, "cpu", "cpu.idle", fmt::format("{}", *cpu.idle), "cpu/idle"));
  return {};
}

Result<> apply_cpu_v1(const linux::Cgroup& cgroup, const oci::CpuLimits& cpu) {
  if (cpu.shares && *cpu.shares != 0)
    TRY(set(cgroup, "cpu", "cpu.shares", fmt::format("{}", *cpu.shares), "cpu/shares"));
  if (cpu.period && *cpu.period != 0)
    TRY(set(cgroup, "cpu", "cpu.cfs_period_us", fmt::format("{}", *cpu.period), "cpu/period"));
  if (cpu.quota && *cpu.quota != 0)
    TRY(set(cgroup, "cpu", "cpu.cfs_quota_us", fmt::format("{}", *cpu.quota), "cpu/quota"));
  if (cpu.burst) TRY(set(cgroup, "cpu", "cpu.cfs_burst_us", fmt::format("{}", *cpu.burst), "cpu/burst"));
  if (cpu.idle) TRY(set(cgroup, "cpu", "cpu.idle", fmt::format("{}", *cpu.idle), "cpu/idle"));
  if (cpu.realtime_period)
    TRY(set(cgroup, "cpu", "cpu.rt_period_us", fmt::format("{}", *cpu.realtime_period), "cpu/realtimePeriod"));
  if (cpu.realtime_runtime)
    TRY(set(cgroup, "cpu", "cpu.rt_runtime_us", fmt::format("{}", *cpu.realtime_runtime), "cpu/realtimeRuntime"));
  return {};
}

Result<> apply_cpu(const linux::Cgroup& cgroup, const oci::CpuLimits& cpu) {
  TRY(cgroup.is_v2("cpu") ? apply_cpu_v2(cgroup, cpu) : apply_cpu_v1(cgroup, cpu));
  if (!cpu.cpus.empty()) TRY(set(cgroup, "cpuset", "cpuset.cpus", cpu.cpus, "cpu/cpus"));
  if (!cpu.mems.empty()) TRY(set(cgroup, "cpuset", "cpuset.mems", cpu.mems, "cpu/mems"));
  return {};
}

Result<> throttle(const linux::Cgroup& cgroup, const std::vector<oci::ThrottleDevice>& devices, const char* v1_file,
                  const char* v2_key) {
  for (const auto& device : devices) {
    auto where = fmt::format("{}:{} ", device.major, device.minor);
    if (cgroup.is_v2("io"))
      TRY(set(cgroup, "io", "io.max", fmt::format("{}{}={}", where, v2_key, device.rate), "blockIO"));
    else TRY(set(cgroup, "blkio", v1_file, fmt::format("{}{}", where, device.rate), "blockIO"));
  }
  return {};
}

Result<> apply_block_io(const linux::Cgroup& cgroup, const oci::BlockIo& io) {
  if (io.weight && *io.weight != 0) {
    if (cgroup.is_v2("io"))
      TRY(set(cgroup, "io", "io.weight", fmt::format("default {}", weight_of_blkio(*io.weight)), "blockIO/weight"));
    else TRY(set(cgroup, "blkio", "blkio.weight", fmt::format("{}", *io.weight), "blockIO/weight"));
  }
  if (io.leaf_weight || !io.weight_device.empty())
    return fail(Code::unsupported, "/linux/resources/blockIO: leafWeight and weightDevice are not supported");
  TRY(throttle(cgroup, io.throttle_read_bps_device, "blkio.throttle.read_bps_device", "rbps"));
  TRY(throttle(cgroup, io.throttle_write_bps_device, "blkio.throttle.write_bps_device", "wbps"));
  TRY(throttle(cgroup, io.throttle_read_iops_device, "blkio.throttle.read_iops_device", "riops"));
  return throttle(cgroup, io.throttle_write_iops_device, "blkio.throttle.write_iops_device", "wiops");
}

Result<> apply_unified(const linux::Cgroup& cgroup, const std::map<std::string, std::string>& unified) {
  for (const auto& [file, value] : unified) {
    if (file.find('/') != std::string::npos)
      return fail(Code::invalid, "/linux/resources/unified: '{}' is not a file of a cgroup", file);
    std::string controller(cut(file, '.').before);
    TRY(with_context(cgroup.write(controller == "cgroup" ? "" : controller, file, value), "/linux/resources/unified"));
  }
  return {};
}

}  // namespace

std::vector<std::string_view> controllers_for(const std::optional<oci::Resources>& resources) {
  std::vector<std::string_view> wanted{"memory", "cpu", "cpuacct", "pids", "devices"};
  if (!resources) return wanted;
  if (resources->cpu && !(resources->cpu->cpus.empty() && resources->cpu->mems.empty())) wanted.push_back("cpuset");
  if (resources->block_io) wanted.insert(wanted.end(), {"blkio", "io"});
  if (!resources->hugepage_limits.empty()) wanted.push_back("hugetlb");
  if (!resources->rdma.empty()) wanted.push_back("rdma");
  for (const auto& [file, value] : resources->unified) wanted.push_back(cut(file, '.').before);
  return wanted;
}

bool has_limits(const std::optional<oci::Resources>& resources) {
  if (!resources) return false;
  oci::Resources limits = *resources;
  limits.devices.clear();
  return limits != oci::Resources{};
}

Result<> apply_resources(const linux::Cgroup& cgroup, const oci::Resources& resources) {
  if (resources.memory)
    TRY(cgroup.is_v2("memory") ? apply_memory_v2(cgroup, *resources.memory)
                               : apply_memory_v1(cgroup, *resources.memory));
  if (resources.cpu) TRY(apply_cpu(cgroup, *resources.cpu));
  if (resources.pids) {
    std::string limit = resources.pids->limit > 0 ? fmt::format("{}", resources.pids->limit) : "max";
    TRY(set(cgroup, "pids", "pids.max", limit, "pids/limit"));
  }
  if (resources.block_io) TRY(apply_block_io(cgroup, *resources.block_io));
  for (const auto& page : resources.hugepage_limits) {
    const char* format = cgroup.is_v2("hugetlb") ? "hugetlb.{}.max" : "hugetlb.{}.limit_in_bytes";
    std::string file = fmt::format(fmt::runtime(format), page.page_size);
    TRY(set(cgroup, "hugetlb", file.c_str(), fmt::format("{}", page.limit), "hugepageLimits"));
  }
  if (resources.network)
    return fail(Code::unsupported, "/linux/resources/network is not supported").with_cure("drop it from the config");
  for (const auto& [device, limit] : resources.rdma) {
    auto text = fmt::format("{} hca_handle={} hca_object={}", device,
                            limit.hca_handles ? fmt::format("{}", *limit.hca_handles) : "max",
                            limit.hca_objects ? fmt::format("{}", *limit.hca_objects) : "max");
    TRY(set(cgroup, "rdma", "rdma.max", text, "rdma"));
  }
  return apply_unified(cgroup, resources.unified);
}

Result<> apply_device_rules(const linux::Cgroup& cgroup, const std::vector<oci::DeviceRule>& rules) {
  std::vector<linux::DeviceRule> all;
  auto number = [](const std::optional<std::int64_t>& value) -> std::optional<std::uint32_t> {
    if (!value || *value < 0) return std::nullopt;
    return static_cast<std::uint32_t>(*value);
  };
  for (const auto& rule : rules) {
    char type = rule.type.empty() ? 'a' : rule.type[0];
    all.push_back(
        {rule.allow, type, number(rule.major), number(rule.minor), rule.access.empty() ? "rwm" : rule.access});
  }
  // Making a node is harmless where opening it is not allowed.
  all.push_back({true, 'c', {}, {}, "m"});
  all.push_back({true, 'b', {}, {}, "m"});
  for (auto [major, minor] : {std::pair{1u, 3u}, {1u, 5u}, {1u, 7u}, {1u, 8u}, {1u, 9u}, {5u, 0u}, {5u, 2u}})
    all.push_back({true, 'c', major, minor, "rwm"});
  all.push_back({true, 'c', 136u, {}, "rwm"});
  return linux::set_device_rules(cgroup, all);
}

}  // namespace gantry::runtime
