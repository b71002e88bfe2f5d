#pragma once

#include "base/result.hpp"
#include "runtime/runtime.hpp"
#include "runtime/stats.hpp"

#include <functional>
#include <string>

namespace gantry::runtime {

Result<Stats> stats(const Settings& settings, const std::string& id);

/// What watch() reports; a failure of one of them ends it.
struct Watcher {
  std::function<Result<>(const Stats&)> on_stats;
  std::function<Result<>()> on_oom;  ///< the kernel has killed a process for want of memory
};

/// Reports until the container ends: the statistics every `interval` nanoseconds, and kills when they happen.
Result<> watch(const Settings& settings, const std::string& id, std::int64_t interval, const Watcher& watcher);

}  // namespace gantry::runtime
