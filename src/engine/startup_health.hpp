#pragma once

#include "engine/engine.hpp"

#include <boost/describe/class.hpp>

#include <string>

// podman's startup health check: until it has passed, it runs instead of the other one, which would fail meanwhile.
// What it has found is a file of the container's folder.

namespace gantry::engine {

/// Since the container's start.
struct StartupState {
  unsigned successes = 0;  ///< in a row
  unsigned failures = 0;   ///< in all
  bool passed = false;
};
BOOST_DESCRIBE_STRUCT(StartupState, (), (successes, failures, passed))

enum class Startup {
  none,    ///< there is no such check, or it has passed: the other one is due
  passed,  ///< just now
  waiting,
  failed,  ///< too often: the container is to be restarted
};

/// Whether a container has such a check.
bool has_startup_check(const ContainerConfig& config);
/// The state after one more result.
Startup add_startup_result(StartupState& state, bool success, const StartupHealth& check);

/// Forgets what was found in an earlier run. `folder` is the container's.
Result<> reset_startup(const std::string& folder);
/// Runs the check of a container that has not passed it yet.
Result<Startup> check_startup(Engine& engine, const std::string& name);

}  // namespace gantry::engine
