#pragma once

#include "base/clock.hpp"

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace gantry::engine {

/// A process in a container, as /proc tells it (proc_pid_stat(5), proc_pid_status(5)).
struct ProcessInfo {
  pid_t host_pid = 0;
  pid_t host_parent = 0;
  pid_t pid = 0;     ///< as the container sees it
  pid_t parent = 0;  ///< the same; 0: outside of the container
  pid_t group = 0;
  char state = '?';
  int nice = 0;
  std::uint32_t uid = 0;  ///< as the container sees it
  std::uint32_t gid = 0;
  std::uint32_t host_uid = 0;
  std::uint32_t host_gid = 0;
  std::string user;  ///< the container's name for `uid`, or the number
  std::string group_name;
  std::string terminal;        ///< "pts/0", or "?"
  std::uint64_t cpu_time = 0;  ///< nanoseconds
  Timestamp started = 0;
  std::uint64_t virtual_size = 0;   ///< bytes
  std::uint64_t resident_size = 0;  ///< bytes
  std::uint64_t effective_capabilities = 0;
  std::string seccomp;                 ///< "disabled", "strict", "filter"
  std::string command;                 ///< the program's short name
  std::vector<std::string> arguments;  ///< empty for a zombie
};

}  // namespace gantry::engine
