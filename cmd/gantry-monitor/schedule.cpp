#include "schedule.hpp"

#include "aftermath.hpp"
#include "clock.hpp"

#include <algorithm>
#include <climits>

namespace gantry::monitor {

void Schedule::open(const wire::MonitorOrder& order, char** probe, int oom_score) {
  probe_ = probe;
  oom_score_ = oom_score;
  started_ = monotonic_milliseconds();
  if (order.timeout > 0) kill_at_ = started_ + static_cast<std::int64_t>(order.timeout);
  interval_ = static_cast<std::int64_t>(order.probe_interval);
  start_interval_ = static_cast<std::int64_t>(order.probe_start_interval);
  start_period_ = static_cast<std::int64_t>(order.probe_start_period);
  // As podman does, the first one is made at once.
  if (probe_[0] != nullptr && interval_ > 0) probe_at_ = started_;
}

int Schedule::next(const Children& children) const {
  std::int64_t at = kill_at_;
  if (probe_at_ > 0 && !children.probe_runs() && (at == 0 || probe_at_ < at)) at = probe_at_;
  if (at == 0) return -1;
  return static_cast<int>(std::clamp<std::int64_t>(at - monotonic_milliseconds(), 0, INT_MAX));
}

void Schedule::act(Children& children) {
  std::int64_t now = monotonic_milliseconds();
  if (kill_at_ > 0 && now >= kill_at_) {
    kill_at_ = 0;
    children.kill_init();
  }
  if (probing_ && !children.probe_runs()) {
    probing_ = false;
    was_healthy_ |= children.probe_succeeded();
    probe_at_ = now + interval(now);
  }
  if (probe_at_ > 0 && !probing_ && now >= probe_at_) {
    pid_t pid = start_command("health check", probe_, oom_score_);
    if (pid > 0) children.watch_probe(pid);
    probing_ = pid > 0;
    if (!probing_) probe_at_ = now + interval_;
  }
}

std::int64_t Schedule::interval(std::int64_t now) const {
  bool starting = !was_healthy_ && now - started_ < start_period_;
  return starting && start_interval_ > 0 ? start_interval_ : interval_;
}

}  // namespace gantry::monitor
