#pragma once

#include "base/json_options.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

// runtime-spec 1.3 config-linux.md, "Control groups". An absent value leaves the kernel's as it is.

namespace gantry::oci {

/// "Allowed Device list"; rules apply in their order.
struct DeviceRule {
  bool allow = false;
  std::string type;                   ///< "a" or empty: all, "c", "b"
  std::optional<std::int64_t> major;  ///< absent or -1: all
  std::optional<std::int64_t> minor;
  std::string access;  ///< of r, w, m; empty: all

  bool operator==(const DeviceRule&) const = default;
};
BOOST_DESCRIBE_STRUCT(DeviceRule, (), (allow, type, major, minor, access))
constexpr json::Options json_options(const DeviceRule*) { return {.required = {"allow"}}; }

/// "Memory": bytes, -1 for unlimited.
struct MemoryLimits {
  std::optional<std::int64_t> limit;
  std::optional<std::int64_t> reservation;
  std::optional<std::int64_t> swap;  ///< memory and swap together
  std::optional<std::int64_t> kernel;
  std::optional<std::int64_t> kernel_tcp;
  std::optional<std::uint64_t> swappiness;  ///< 0 to 100
  std::optional<bool> disable_oom_killer;
  std::optional<bool> use_hierarchy;
  std::optional<bool> check_before_update;  ///< refuse a limit below what is in use

  bool operator==(const MemoryLimits&) const = default;
};
BOOST_DESCRIBE_STRUCT(MemoryLimits, (),
                      (limit, reservation, swap, kernel, kernel_tcp, swappiness, disable_oom_killer, use_hierarchy,
                       check_before_update))
constexpr json::Options json_options(const MemoryLimits*) {
  return {.names = {{"kernel_tcp", "kernelTCP"}, {"disable_oom_killer", "disableOOMKiller"}}};
}

/// "CPU": times in microseconds.
struct CpuLimits {
  std::optional<std::uint64_t> shares;  ///< cgroup v1's scale, 2 to 262144
  std::optional<std::int64_t> quota;    ///< negative: unlimited
  std::optional<std::uint64_t> burst;
  std::optional<std::uint64_t> period;
  std::optional<std::int64_t> realtime_runtime;
  std::optional<std::uint64_t> realtime_period;
  std::string cpus;  ///< "0-3,7"
  std::string mems;
  std::optional<std::int64_t> idle;  ///< 1: SCHED_IDLE

  bool operator==(const CpuLimits&) const = default;
};
BOOST_DESCRIBE_STRUCT(CpuLimits, (),
                      (shares, quota, burst, period, realtime_runtime, realtime_period, cpus, mems, idle))

/// "PIDs"; 0 or less: unlimited.
struct PidsLimit {
  std::optional<std::int64_t> limit;  ///< required before 1.3

  bool operator==(const PidsLimit&) const = default;
};
BOOST_DESCRIBE_STRUCT(PidsLimit, (), (limit))

struct WeightDevice {
  std::int64_t major = 0;
  std::int64_t minor = 0;
  std::optional<std::uint16_t> weight;
  std::optional<std::uint16_t> leaf_weight;

  bool operator==(const WeightDevice&) const = default;
};
BOOST_DESCRIBE_STRUCT(WeightDevice, (), (major, minor, weight, leaf_weight))
constexpr json::Options json_options(const WeightDevice*) { return {.required = {"major", "minor"}}; }

struct ThrottleDevice {
  std::int64_t major = 0;
  std::int64_t minor = 0;
  std::uint64_t rate = 0;  ///< bytes or operations a second

  bool operator==(const ThrottleDevice&) const = default;
};
BOOST_DESCRIBE_STRUCT(ThrottleDevice, (), (major, minor, rate))
constexpr json::Options json_options(const ThrottleDevice*) { return {.required = {"major", "minor", "rate"}}; }

/// "Block IO"; weights on cgroup v1's scale, 10 to 1000.
struct BlockIo {
  std::optional<std::uint16_t> weight;
  std::optional<std::uint16_t> leaf_weight;
  std::vector<WeightDevice> weight_device;
  std::vector<ThrottleDevice> throttle_read_bps_device;
  std::vector<ThrottleDevice> throttle_write_bps_device;
  std::vector<ThrottleDevice> throttle_read_iops_device;
  std::vector<ThrottleDevice> throttle_write_iops_device;

  bool operator==(const BlockIo&) const = default;
};
BOOST_DESCRIBE_STRUCT(BlockIo, (),
                      (weight, leaf_weight, weight_device, throttle_read_bps_device, throttle_write_bps_device,
                       throttle_read_iops_device, throttle_write_iops_device))
constexpr json::Options json_options(const BlockIo*) {
  return {.names = {{"throttle_read_iops_device", "throttleReadIOPSDevice"},
                    {"throttle_write_iops_device", "throttleWriteIOPSDevice"}}};
}

/// "Huge page limits".
struct HugepageLimit {
  std::string page_size;    ///< "2MB"
  std::uint64_t limit = 0;  ///< bytes

  bool operator==(const HugepageLimit&) const = default;
};
BOOST_DESCRIBE_STRUCT(HugepageLimit, (), (page_size, limit))
constexpr json::Options json_options(const HugepageLimit*) { return {.required = {"page_size", "limit"}}; }

struct InterfacePriority {
  std::string name;
  std::uint32_t priority = 0;

  bool operator==(const InterfacePriority&) const = default;
};
BOOST_DESCRIBE_STRUCT(InterfacePriority, (), (name, priority))
constexpr json::Options json_options(const InterfacePriority*) { return {.required = {"name", "priority"}}; }

/// "Network": cgroup v1's net_cls and net_prio.
struct NetworkLimits {
  std::optional<std::uint32_t> class_id;
  std::vector<InterfacePriority> priorities;

  bool operator==(const NetworkLimits&) const = default;
};
BOOST_DESCRIBE_STRUCT(NetworkLimits, (), (class_id, priorities))
constexpr json::Options json_options(const NetworkLimits*) { return {.names = {{"class_id", "classID"}}}; }

/// "RDMA": of one device.
struct RdmaLimit {
  std::optional<std::uint32_t> hca_handles;
  std::optional<std::uint32_t> hca_objects;

  bool operator==(const RdmaLimit&) const = default;
};
BOOST_DESCRIBE_STRUCT(RdmaLimit, (), (hca_handles, hca_objects))

struct Resources {
  std::vector<DeviceRule> devices;
  std::optional<MemoryLimits> memory;
  std::optional<CpuLimits> cpu;
  std::optional<PidsLimit> pids;
  std::optional<BlockIo> block_io;
  std::vector<HugepageLimit> hugepage_limits;
  std::optional<NetworkLimits> network;
  std::map<std::string, RdmaLimit> rdma;       ///< by device
  std::map<std::string, std::string> unified;  ///< cgroup v2 files and what to write into them

  bool operator==(const Resources&) const = default;
};
BOOST_DESCRIBE_STRUCT(Resources, (), (devices, memory, cpu, pids, block_io, hugepage_limits, network, rdma, unified))
constexpr json::Options json_options(const Resources*) { return {.names = {{"block_io", "blockIO"}}}; }

}  // namespace gantry::oci
