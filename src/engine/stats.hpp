#pragma once

#include "engine/engine.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace gantry::engine {

/// What a running container has used so far and uses now.
struct ContainerStats {
  std::string id;
  std::string name;
  std::string pod;
  Timestamp time = 0;
  Timestamp started = 0;
  std::uint64_t cpu_time = 0;         ///< nanoseconds
  std::uint64_t cpu_system_time = 0;  ///< nanoseconds
  std::uint64_t throttled_time = 0;   ///< nanoseconds that its CPU limit has held it back
  std::uint64_t throttled_periods = 0;
  std::uint64_t periods = 0;
  std::uint64_t memory = 0;        ///< bytes, without what the kernel can drop at once
  std::uint64_t memory_limit = 0;  ///< bytes; the machine's without a limit of its own
  std::uint64_t pids = 0;
  std::uint64_t net_input = 0;  ///< bytes, of all interfaces but the loopback
  std::uint64_t net_output = 0;
  std::uint64_t block_input = 0;  ///< bytes
  std::uint64_t block_output = 0;
  /// Shares of the last ten seconds, in percent, in which some of its processes waited (PSI); none: the kernel does not
  /// tell, as on cgroup v1.
  std::optional<double> cpu_pressure;
  std::optional<double> memory_pressure;
  std::optional<double> io_pressure;
};

/// Code::failed when the container does not run. Without a cgroup the numbers are those of its processes.
Result<ContainerStats> container_stats(Engine& engine, const Container& container);

}  // namespace gantry::engine
