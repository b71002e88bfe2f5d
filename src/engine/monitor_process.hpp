#pragma once

#include "base/fd.hpp"
#include "wire/monitor.hpp"

#include <sys/types.h>

#include <array>
#include <functional>
#include <string>
#include <vector>

namespace gantry::engine {

/// What a process that a monitor will look after gets as its stdio.
struct Stdio {
  std::array<int, 3> fds{-1, -1, -1};
  int console_socket = -1;  ///< instead of the three, with a terminal: gets its master
};

/// A process with a gantry-monitor as its parent (wire/monitor.hpp).
struct MonitorJob {
  std::string program;  ///< gantry-monitor
  std::string title;    ///< for who reads `ps`
  bool terminal = false;
  bool input = false;                   ///< stdin is passed on; else it is /dev/null
  bool input_ends_with_client = false;  ///< when the first client's stdin ends
  Fd client;                            ///< the first client
  Fd listener;                          ///< for further ones
  Fd log;
  Fd folder;      ///< gets the exit record
  Fd log_folder;  ///< where the log is rotated
  Fd held;        ///< open as long as the container runs
  std::vector<std::string> cleanup;
  std::vector<std::string> probe;  ///< the health check; empty: none
  wire::MonitorOrder order;        ///< policies and the log's form; the rest is filled in
  /// Starts the process. Runs in the child that becomes the monitor, which must be the process's parent.
  std::function<Result<pid_t>(const Stdio&)> start;
  /// Undoes start(), when the monitor cannot be executed after it.
  std::function<void()> undo;
};

/// Returns once the process and its monitor run. An error of start() comes back whole.
Result<> start_monitored(MonitorJob job);

}  // namespace gantry::engine
