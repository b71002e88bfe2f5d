#pragma once

#include "base/json_options.hpp"
#include "linux/cgroup.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

// What a container uses, in the form of runc's `events --stats`, which engines parse. The numbers are those of cgroup
// v1; v2's are converted to them. What the host has no controller for stays 0.

namespace gantry::runtime {

/// Nanoseconds.
struct CpuUsage {
  std::uint64_t total = 0;
  std::vector<std::uint64_t> percpu;  ///< v1 only
  std::uint64_t kernel = 0;
  std::uint64_t user = 0;
};
BOOST_DESCRIBE_STRUCT(CpuUsage, (), (total, percpu, kernel, user))

struct CpuThrottling {
  std::uint64_t periods = 0;
  std::uint64_t throttled_periods = 0;
  std::uint64_t throttled_time = 0;  ///< nanoseconds
};
BOOST_DESCRIBE_STRUCT(CpuThrottling, (), (periods, throttled_periods, throttled_time))

struct CpuStats {
  CpuUsage usage;
  CpuThrottling throttling;
};
BOOST_DESCRIBE_STRUCT(CpuStats, (), (usage, throttling))

/// Bytes. Without a limit `limit` is the greatest number there is.
struct MemoryUsage {
  std::uint64_t limit = 0;
  std::uint64_t usage = 0;
  std::uint64_t max = 0;      ///< highest usage so far
  std::uint64_t failcnt = 0;  ///< how often the limit was hit
};
BOOST_DESCRIBE_STRUCT(MemoryUsage, (), (limit, usage, max, failcnt))

struct MemoryStats {
  std::uint64_t cache = 0;
  MemoryUsage usage;
  MemoryUsage swap;  ///< v1 and v2: memory and swap together
  MemoryUsage kernel;
  MemoryUsage kernel_tcp;
  std::map<std::string, std::uint64_t> raw;  ///< memory.stat
};
BOOST_DESCRIBE_STRUCT(MemoryStats, (), (cache, usage, swap, kernel, kernel_tcp, raw))
constexpr json::Options json_options(const MemoryStats*) { return {.names = {{"kernel_tcp", "kernelTCP"}}}; }

struct PidsStats {
  std::uint64_t current = 0;
  std::uint64_t limit = 0;  ///< 0: none
};
BOOST_DESCRIBE_STRUCT(PidsStats, (), (current, limit))

struct BlkioEntry {
  std::uint64_t major = 0;
  std::uint64_t minor = 0;
  std::string op;
  std::uint64_t value = 0;
};
BOOST_DESCRIBE_STRUCT(BlkioEntry, (), (major, minor, op, value))

struct BlkioStats {
  std::vector<BlkioEntry> io_service_bytes_recursive;
  std::vector<BlkioEntry> io_serviced_recursive;
};
BOOST_DESCRIBE_STRUCT(BlkioStats, (), (io_service_bytes_recursive, io_serviced_recursive))

struct HugetlbStats {
  std::uint64_t usage = 0;
  std::uint64_t max = 0;
  std::uint64_t failcnt = 0;
};
BOOST_DESCRIBE_STRUCT(HugetlbStats, (), (usage, max, failcnt))

struct Stats {
  CpuStats cpu;
  MemoryStats memory;
  PidsStats pids;
  BlkioStats blkio;
  std::map<std::string, HugetlbStats> hugetlb;  ///< by page size, "2MB"
};
BOOST_DESCRIBE_STRUCT(Stats, (), (cpu, memory, pids, blkio, hugetlb))

/// From whatever parts the cgroup has.
Stats read_stats(const linux::Cgroup& cgroup);

}  // namespace gantry::runtime
