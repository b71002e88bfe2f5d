#pragma once

#include "tiny/fd.hpp"

#include <sys/types.h>
#include <time.h>

namespace gantry::monitor {

/// The monitor's children: the container's init, and orphans of a container without a pid namespace, which come to
/// their subreaper.
class Children {
 public:
  /// Blocks all signals: SIGCHLD comes through fd(), of the others SIGKILL alone shall end a monitor.
  bool open(pid_t init);
  int fd() const { return signals_.get(); }

  /// Reaps all that have ended.
  void reap();
  /// The health check that runs, to be told of its end; 0: none.
  void watch_probe(pid_t probe) { probe_ = probe; }
  bool probe_runs() const { return probe_ != 0; }
  bool probe_succeeded() const { return probe_succeeded_; }
  /// What is left of it is not wanted any more.
  void end_probe();
  void kill_init() const;
  bool init_has_ended() const { return ended_; }

  /// How the init ended: its exit code, or 128 + signal; the signal or 0; and when.
  int code() const { return code_; }
  int signal() const { return signal_; }
  const timespec& time() const { return time_; }

 private:
  tiny::Fd signals_;
  pid_t init_ = 0;
  pid_t probe_ = 0;
  bool probe_succeeded_ = false;
  bool ended_ = false;
  int code_ = 0;
  int signal_ = 0;
  timespec time_{};
};

}  // namespace gantry::monitor
