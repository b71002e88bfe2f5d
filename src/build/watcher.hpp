#pragma once

#include "base/fd.hpp"

#include <sys/types.h>

#include <functional>
#include <utility>

namespace gantry::build {

/// A process that cleans up when the one that made it dies without having done so, however that dies: a container must
/// not outlive its build. It is no part of our process group, so that Ctrl-C does not reach it.
class Watcher {
 public:
  /// Before there is anything to clean up. One thread only.
  static Result<Watcher> start(const std::function<Result<>()>& clean_up);
  Watcher(Watcher&& other) noexcept : child_(std::exchange(other.child_, 0)), alive_(std::move(other.alive_)) {}
  Watcher& operator=(Watcher&&) = delete;
  /// All is gone; so may the watcher.
  ~Watcher();

 private:
  Watcher(pid_t child, Fd alive) : child_(child), alive_(std::move(alive)) {}

  pid_t child_;
  Fd alive_;  ///< it sees the end of this pipe when we are dead
};

}  // namespace gantry::build
