#pragma once

#include "base/json_options.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gantry::engine {

/// A weight or a rate (bytes or operations a second) of one block device.
struct DeviceLimit {
  std::string path;  ///< absolute, of the device's node on the host
  std::uint64_t value = 0;

  bool operator==(const DeviceLimit&) const = default;
};
BOOST_DESCRIBE_STRUCT(DeviceLimit, (), (path, value))

/// Limits that cgroups hold.
struct ResourceConfig {
  std::uint64_t memory = 0;      ///< bytes; 0: no limit
  std::int64_t memory_swap = 0;  ///< memory and swap together in bytes; -1: no limit; 0: twice `memory`
  std::uint64_t memory_reservation = 0;
  std::optional<unsigned> memory_swappiness;  ///< 0 to 100
  bool oom_kill_disable = false;

  std::uint64_t nano_cpus = 0;   ///< billionths of a CPU; 0: no limit
  std::uint64_t cpu_shares = 0;  ///< on cgroup v1's scale, 2 to 262144; 0: the kernel's
  std::uint64_t cpu_period = 0;  ///< microseconds, as are the three below; 0: the kernel's
  std::int64_t cpu_quota = 0;    ///< 0 or -1: no limit
  std::uint64_t cpu_rt_period = 0;
  std::int64_t cpu_rt_runtime = 0;
  std::string cpuset_cpus;  ///< "0-3,7"
  std::string cpuset_mems;

  unsigned blkio_weight = 0;  ///< 10 to 1000; 0: the kernel's
  std::vector<DeviceLimit> blkio_weight_devices;
  std::vector<DeviceLimit> device_read_bps;
  std::vector<DeviceLimit> device_write_bps;
  std::vector<DeviceLimit> device_read_iops;
  std::vector<DeviceLimit> device_write_iops;

  std::int64_t pids_limit = 0;                     ///< 0: the default (2048, where cgroups can be used); -1: no limit
  std::string cgroups;                             ///< "enabled", "disabled", "no-conmon", "split"; empty: enabled
  std::string cgroup_parent;                       ///< path from the root of the hierarchy; empty: "/gantry"
  std::map<std::string, std::string> cgroup_conf;  ///< files of cgroup v2 and what is written into them
  std::string rdt_class;                           ///< folder of resctrl

  bool operator==(const ResourceConfig&) const = default;
};
BOOST_DESCRIBE_STRUCT(ResourceConfig, (),
                      (memory, memory_swap, memory_reservation, memory_swappiness, oom_kill_disable, nano_cpus,
                       cpu_shares, cpu_period, cpu_quota, cpu_rt_period, cpu_rt_runtime, cpuset_cpus, cpuset_mems,
                       blkio_weight, blkio_weight_devices, device_read_bps, device_write_bps, device_read_iops,
                       device_write_iops, pids_limit, cgroups, cgroup_parent, cgroup_conf, rdt_class))

}  // namespace gantry::engine
