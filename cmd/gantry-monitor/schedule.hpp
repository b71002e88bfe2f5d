#pragma once

#include "children.hpp"
#include "wire/monitor.hpp"

#include <cstdint>

namespace gantry::monitor {

/// What the monitor does of itself while the container runs: health checks, and killing it when its time is over.
class Schedule {
 public:
  /// `probe` is the health check's argv, good as long as this is.
  void open(const wire::MonitorOrder& order, char** probe, int oom_score);

  /// Milliseconds until something is due; -1: nothing will be.
  int next(const Children& children) const;
  /// Does what is due.
  void act(Children& children);

 private:
  std::int64_t interval(std::int64_t now) const;

  char** probe_ = nullptr;
  int oom_score_ = 0;
  std::int64_t kill_at_ = 0;   ///< monotonic_milliseconds(); 0: never
  std::int64_t probe_at_ = 0;  ///< the same
  std::int64_t started_ = 0;
  std::int64_t interval_ = 0;
  std::int64_t start_interval_ = 0;
  std::int64_t start_period_ = 0;
  bool probing_ = false;
  bool was_healthy_ = false;
};

}  // namespace gantry::monitor
