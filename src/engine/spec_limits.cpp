#include "engine/spec.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>

namespace gantry::engine {

namespace {

constexpr std::int64_t kDefaultPids = 2048;
constexpr std::uint64_t kCpuPeriod = 100'000;  // microseconds

std::optional<oci::MemoryLimits> memory_limits(const ContainerConfig& config) {
  oci::MemoryLimits memory;
  if (config.memory != 0) memory.limit = static_cast<std::int64_t>(config.memory);
  if (config.memory_reservation != 0) memory.reservation = static_cast<std::int64_t>(config.memory_reservation);
  // As docker and podman: as much again of swap.
  if (config.memory_swap != 0) memory.swap = config.memory_swap;
  else if (config.memory != 0) memory.swap = 2 * *memory.limit;
  if (config.memory_swappiness) memory.swappiness = *config.memory_swappiness;
  if (config.oom_kill_disable) memory.disable_oom_killer = true;
  if (memory == oci::MemoryLimits()) return {};
  return memory;
}

std::optional<oci::CpuLimits> cpu_limits(const ContainerConfig& config) {
  oci::CpuLimits cpu;
  if (config.nano_cpus != 0) {
    const auto quota = std::max<std::uint64_t>(config.nano_cpus * kCpuPeriod / 1'000'000'000, 1000);
    cpu.quota = static_cast<std::int64_t>(quota);
    cpu.period = kCpuPeriod;
  }
  if (config.cpu_quota != 0) cpu.quota = config.cpu_quota;
  if (config.cpu_period != 0) cpu.period = config.cpu_period;
  if (config.cpu_shares != 0) cpu.shares = std::max<std::uint64_t>(config.cpu_shares, 2);
  if (config.cpu_rt_period != 0) cpu.realtime_period = config.cpu_rt_period;
  if (config.cpu_rt_runtime != 0) cpu.realtime_runtime = config.cpu_rt_runtime;
  cpu.cpus = config.cpuset_cpus;
  cpu.mems = config.cpuset_mems;
  if (cpu == oci::CpuLimits()) return {};
  return cpu;
}

struct Numbers {
  std::int64_t major;
  std::int64_t minor;
};

Result<Numbers> device_numbers(const std::string& path, std::string_view option) {
  struct stat info;
  if (stat(path.c_str(), &info) < 0) return Error::system("option --{}: device {}", option, path);
  if (!S_ISBLK(info.st_mode)) return fail(Code::invalid, "option --{}: {} is not a block device", option, path);
  return Numbers{major(info.st_rdev), minor(info.st_rdev)};
}

Result<std::vector<oci::ThrottleDevice>> throttles(const std::vector<DeviceLimit>& limits, std::string_view option) {
  std::vector<oci::ThrottleDevice> all;
  for (const auto& limit : limits) {
    const Numbers numbers = TRY(device_numbers(limit.path, option));
    all.push_back({numbers.major, numbers.minor, limit.value});
  }
  return all;
}

Result<std::optional<oci::BlockIo>> block_io_limits(const ContainerConfig& config) {
  oci::BlockIo io;
  if (config.blkio_weight != 0) io.weight = static_cast<std::uint16_t>(config.blkio_weight);
  for (const auto& limit : config.blkio_weight_devices) {
    const Numbers numbers = TRY(device_numbers(limit.path, "blkio-weight-device"));
    io.weight_device.push_back(
        {.major = numbers.major, .minor = numbers.minor, .weight = static_cast<std::uint16_t>(limit.value)});
  }
  io.throttle_read_bps_device = TRY(throttles(config.device_read_bps, "device-read-bps"));
  io.throttle_write_bps_device = TRY(throttles(config.device_write_bps, "device-write-bps"));
  io.throttle_read_iops_device = TRY(throttles(config.device_read_iops, "device-read-iops"));
  io.throttle_write_iops_device = TRY(throttles(config.device_write_iops, "device-write-iops"));
  if (io == oci::BlockIo()) return std::optional<oci::BlockIo>();
  return std::optional(std::move(io));
}

}  // namespace

Result<oci::Resources> build_limits(const ContainerConfig& config) {
  oci::Resources resources;
  resources.memory = memory_limits(config);
  resources.cpu = cpu_limits(config);
  resources.block_io = TRY(block_io_limits(config));
  const std::int64_t pids = config.pids_limit == 0 ? kDefaultPids : config.pids_limit;
  if (pids > 0) resources.pids = oci::PidsLimit{pids};
  resources.unified = config.cgroup_conf;
  return resources;
}

}  // namespace gantry::engine
