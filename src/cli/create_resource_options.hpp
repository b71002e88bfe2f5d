#pragma once

#include "engine/config.hpp"
#include "options/option.hpp"

#include <climits>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gantry::cli {

/// Limits.
struct CreateResourceOptions {
  std::uint64_t memory = 0, memory_reservation = 0;
  std::optional<std::int64_t> memory_swap;
  std::optional<unsigned> memory_swappiness;
  bool oom_kill_disable = false;
  std::optional<int> oom_score_adj;

  std::string cpus, cpuset_cpus, cpuset_mems;
  std::uint64_t cpu_shares = 0, cpu_period = 0, cpu_rt_period = 0;
  std::int64_t cpu_quota = 0, cpu_rt_runtime = 0;

  unsigned blkio_weight = 0;
  std::vector<std::string> blkio_weight_devices, read_bps, write_bps, read_iops, write_iops;

  std::optional<std::int64_t> pids_limit;
  std::vector<std::string> ulimits, cgroup_conf;
  std::string cgroups, cgroup_parent, rdt_class;
};

/// What the options name; the rest stays as it is.
Result<> set_resources(engine::ContainerConfig& config, const CreateResourceOptions& options);

/// "-1" is no limit.
Result<std::int64_t> read_swap(std::string_view word);
/// "0-3,7": processors or memory nodes, as cpuset(7) has them.
Result<std::string> read_set(std::string_view word);

namespace create {

inline constexpr options::Choice<std::string_view> kCgroups[] = {
    {"enabled", "enabled"}, {"disabled", "disabled"}, {"no-conmon", "no-conmon"}};

/// What can be changed later, by `update`.
inline constexpr options::Option kLimits[] = {
    options::option<&CreateResourceOptions::memory, options::read_size>('m', "memory", "SIZE",
                                                                        "Limit memory, as in 512m or 2g"),
    options::option<&CreateResourceOptions::memory_reservation, options::read_size>(
        0, "memory-reservation", "SIZE", "Memory that is left to it when the host runs short"),
    options::option<&CreateResourceOptions::memory_swap, read_swap>(
        0, "memory-swap", "SIZE", "Limit memory and swap together (default twice --memory); -1 is no limit"),
    options::option<&CreateResourceOptions::memory_swappiness, options::read_between<0, 100, unsigned>>(
        0, "memory-swappiness", "NUMBER", "How readily it is swapped, 0 to 100 (cgroup v1)"),
    options::option<&CreateResourceOptions::cpus>(0, "cpus", "NUMBER", "Limit time on the processors, as in 1.5"),
    options::option<&CreateResourceOptions::cpu_shares, options::read_between<0, 262144, std::uint64_t>>(
        'c', "cpu-shares", "NUMBER", "Weight of its claim to the processors, 2 to 262144 (default 1024)"),
    options::option<&CreateResourceOptions::cpu_period, options::read_between<1000, 1000000, std::uint64_t>>(
        0, "cpu-period", "MICROSECONDS", "Length of the periods of --cpu-quota, 1000 to 1000000"),
    options::option<&CreateResourceOptions::cpu_quota, options::read_between<-1, INT64_MAX>>(
        0, "cpu-quota", "MICROSECONDS", "Time on the processors in each period; -1 is no limit"),
    options::option<&CreateResourceOptions::cpu_rt_period, options::read_between<0, 1000000, std::uint64_t>>(
        0, "cpu-rt-period", "MICROSECONDS", "Length of the periods of --cpu-rt-runtime (cgroup v1)"),
    options::option<&CreateResourceOptions::cpu_rt_runtime, options::read_between<0, 1000000>>(
        0, "cpu-rt-runtime", "MICROSECONDS", "Time for its real-time processes in each period (cgroup v1)"),
    options::option<&CreateResourceOptions::cpuset_cpus, read_set>(0, "cpuset-cpus", "LIST",
                                                                   "Processors that it may use, as in 0-3,7"),
    options::option<&CreateResourceOptions::cpuset_mems, read_set>(0, "cpuset-mems", "LIST",
                                                                   "Memory nodes that it may use, as in 0,1"),
    options::option<&CreateResourceOptions::blkio_weight, options::read_between<10, 1000, unsigned>>(
        0, "blkio-weight", "NUMBER", "Weight of its claim to block devices, 10 to 1000"),
    options::option<&CreateResourceOptions::blkio_weight_devices>(0, "blkio-weight-device", "DEVICE:NUMBER",
                                                                  "The same for one device"),
    options::option<&CreateResourceOptions::read_bps>(0, "device-read-bps", "DEVICE:SIZE",
                                                      "Limit the bytes a second read from a device, as in /dev/sda:1m"),
    options::option<&CreateResourceOptions::write_bps>(0, "device-write-bps", "DEVICE:SIZE",
                                                       "Limit the bytes a second written to a device"),
    options::option<&CreateResourceOptions::read_iops>(0, "device-read-iops", "DEVICE:NUMBER",
                                                       "Limit the reads a second from a device"),
    options::option<&CreateResourceOptions::write_iops>(0, "device-write-iops", "DEVICE:NUMBER",
                                                        "Limit the writes a second to a device"),
    options::option<&CreateResourceOptions::pids_limit, options::read_between<-1, INT_MAX>>(
        0, "pids-limit", "NUMBER", "Limit the number of processes (default 2048); -1 is no limit"),
};

/// What is decided for good.
inline constexpr options::Option kFixedLimits[] = {
    options::flag<&CreateResourceOptions::oom_kill_disable>(
        0, "oom-kill-disable", "Stop it instead of killing when its memory is used up (cgroup v1)"),
    options::option<&CreateResourceOptions::oom_score_adj, options::read_between<-1000, 1000, int>>(
        0, "oom-score-adj", "NUMBER", "How readily the host kills it for memory, -1000 to 1000"),
    options::option<&CreateResourceOptions::ulimits>(
        0, "ulimit", "NAME=SOFT[:HARD]", "Limit a resource of each process, as in nofile=1024; host keeps ours"),
    options::option<&CreateResourceOptions::cgroups, options::read_choice<kCgroups>>(
        0, "cgroups", "enabled|disabled|no-conmon", "Whether it gets a cgroup (default enabled)"),
    options::option<&CreateResourceOptions::cgroup_parent>(0, "cgroup-parent", "PATH",
                                                           "Cgroup in which its own is made (default /gantry)"),
    options::option<&CreateResourceOptions::cgroup_conf>(0, "cgroup-conf", "FILE=VALUE",
                                                         "Write a value into a file of its cgroup (cgroup v2)"),
    options::option<&CreateResourceOptions::rdt_class>(0, "rdt-class", "NAME",
                                                       "Class of Intel RDT that it belongs to (resctrl)"),
};

}  // namespace create

}  // namespace gantry::cli
