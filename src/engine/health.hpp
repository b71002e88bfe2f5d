#pragma once

#include "base/clock.hpp"
#include "base/json_options.hpp"
#include "engine/config.hpp"
#include "oci/image_spec.hpp"

#include <boost/describe/class.hpp>

#include <string>
#include <vector>

// Health checks: the monitor starts one from time to time (wire/monitor.hpp), and `healthcheck run` does on demand.
// What they have found is a file of the container's folder.

namespace gantry::engine {

/// What one check has found.
struct HealthCheckResult {
  Timestamp start = 0;
  Timestamp end = 0;
  int exit_code = 0;   ///< -1: it took too long and was killed, or could not be run
  std::string output;  ///< the beginning of what it wrote
};
BOOST_DESCRIBE_STRUCT(HealthCheckResult, (), (start, end, exit_code, output))

/// The state of a container's health since its start.
struct HealthState {
  std::string status = "starting";  ///< "starting", "healthy", "unhealthy"
  unsigned failing_streak = 0;
  std::vector<HealthCheckResult> log;  ///< the last ones, oldest first

  bool changed = false;  ///< `status` is another than before the last result; not kept
};
BOOST_DESCRIBE_STRUCT(HealthState, (), (status, failing_streak, log))

/// Whether there is anything to check.
bool has_health_check(const Health& health);
/// The check's argv: {"CMD-SHELL", text} runs in a shell.
std::vector<std::string> health_command(const Health& health);

/// What is said nowhere else: the image's check, then docker's and podman's defaults.
void complete(Health& health, const std::optional<oci::Healthcheck>& image);

/// The state after one more result; `started` is when the container was.
void add_result(HealthState& state, HealthCheckResult result, const Health& health, Timestamp started);

/// The starting state when there is no file, or one that a crash has torn.
HealthState read_health(const std::string& path);
Result<> write_health(const std::string& path, const HealthState& state);

}  // namespace gantry::engine
