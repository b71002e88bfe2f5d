#pragma once

#include "base/fd.hpp"

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

namespace gantry::transfer {

/// Work in a process of its own, which ends with this object: with little privilege, or beside other work.
class Task {
 public:
  /// `work` runs in the new process, which inherits everything and dies with this one. It returns what is to be told.
  static Result<Task> start(const std::function<Result<std::string>()>& work);
  Task(Task&& other) noexcept;
  Task& operator=(Task&& other) noexcept;
  ~Task();

  /// Readable when it has ended, or is about to.
  const Fd& report() const { return report_; }
  /// Waits; what `work` has returned.
  Result<std::string> finish();

 private:
  Task(pid_t child, Fd report) : child_(child), report_(std::move(report)) {}

  pid_t child_;
  Fd report_;
};

/// The index of one that has ended, of those whose report() is given; waits for it.
Result<std::size_t> wait_for_any(const std::vector<const Task*>& tasks);

}  // namespace gantry::transfer
