#pragma once

#include "children.hpp"
#include "wire/monitor.hpp"

#include <cstdint>

namespace gantry::monitor {

/// Whether and when a container that has ended is started again: by the cleanup command, which then begins with a
/// monitor of its own.
class Restart {
 public:
  /// When the container starts.
  explicit Restart(const wire::MonitorOrder& order);

  /// After its end, before the exit record: leaves word in the run folder if it will be started again.
  bool plan(const Children& children);
  /// Waits for the time. False when somebody has taken the container over meanwhile.
  bool wait() const;

 private:
  struct Policy {
    wire::RestartPolicy kind;
    std::uint32_t tries;
  };
  /// As it was ordered, or changed since.
  Policy policy_now() const;

  const wire::MonitorOrder& order_;
  std::int64_t started_;
  std::int64_t delay_ = 0;  ///< milliseconds
};

}  // namespace gantry::monitor
