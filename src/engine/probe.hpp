#pragma once

#include "engine/container.hpp"
#include "engine/health.hpp"
#include "runtime/runtime.hpp"

#include <string>
#include <vector>

namespace gantry::engine {

/// A command that tells how a container is.
struct Probe {
  std::vector<std::string> command;  ///< argv
  std::int64_t timeout = 0;          ///< nanoseconds
  std::size_t log_size = 0;          ///< bytes of its output that are kept
};

/// Runs it in the container, to its end. What kept it from running is its output.
HealthCheckResult probe(const runtime::Settings& runtime, const Container& container, const Probe& probe);

}  // namespace gantry::engine
