#pragma once

#include "base/result.hpp"
#include "oci/runtime_spec.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

// What config.json says about how the kernel runs the process: process.scheduler, process.ioPriority,
// process.execCPUAffinity, linux.personality and linux.memoryPolicy.
namespace gantry::runtime {

/// Bit n of word n / 64 stands for number n, as the kernel takes sets of processors and memory nodes.
using BitSet = std::vector<std::uint64_t>;

/// "0-3,7" as a set; Code::invalid when it is no list, or has a number that no kernel knows.
Result<BitSet> parse_bit_set(std::string_view list);

/// All of it in the form that system calls take.
struct Scheduling {
  /// `struct sched_attr`, whose header contradicts that of the C library.
  struct Scheduler {
    std::uint32_t size = sizeof(Scheduler);
    std::uint32_t policy = 0;
    std::uint64_t flags = 0;
    std::int32_t nice = 0;
    std::uint32_t priority = 0;
    std::uint64_t runtime = 0;
    std::uint64_t deadline = 0;
    std::uint64_t period = 0;
    std::uint32_t util_min = 0;
    std::uint32_t util_max = 0;
  };
  struct MemoryPolicy {
    int mode = 0;  ///< with its flags
    BitSet nodes;
  };
  std::optional<Scheduler> scheduler;
  std::optional<int> io_priority;
  std::optional<MemoryPolicy> memory_policy;
  std::optional<unsigned long> personality;
};

/// Of a process in a container of that config.
Result<Scheduling> plan_scheduling(const oci::Process& process, const oci::Spec& spec);

/// For the calling process, the leader of its process group. Needs the caller's capabilities still.
Result<> apply_scheduling(const Scheduling& scheduling);

/// sched_setaffinity(2) of the caller; an empty set means every processor that its cgroup allows.
Result<> set_cpu_affinity(const BitSet& cpus);

}  // namespace gantry::runtime
