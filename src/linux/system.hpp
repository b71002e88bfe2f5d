#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>

namespace gantry::linux {

/// What `info` tells about the machine.
struct SystemInfo {
  std::string kernel;        ///< uname -r
  std::string architecture;  ///< uname -m
  std::string hostname;
  std::string distribution;  ///< ID of os-release(5)
  std::string distribution_version;
  unsigned cpus = 0;               ///< that this process may run on
  std::uint64_t memory_total = 0;  ///< bytes
  std::uint64_t memory_free = 0;   ///< bytes, as MemAvailable counts them
  std::uint64_t swap_total = 0;
  std::uint64_t swap_free = 0;
  std::int64_t uptime = 0;  ///< seconds
  bool apparmor = false;
  bool selinux = false;
  bool seccomp = false;
  bool rootless = false;  ///< not root, or root of a user namespace only
};

Result<SystemInfo> system_info();

/// Whether the running kernel is at least `major`.`minor`.
bool kernel_at_least(unsigned major, unsigned minor);

}  // namespace gantry::linux
