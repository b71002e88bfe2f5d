#include "engine/startup_health.hpp"

#include "base/file.hpp"
#include "base/json.hpp"
#include "engine/probe.hpp"
#include "engine/state.hpp"

#include <algorithm>

namespace gantry::engine {

namespace {

std::string path_in(const std::string& folder) { return folder + "/startup"; }

/// Torn or missing, it is that of a container that has just started.
StartupState read_state(const std::string& folder) {
  auto text = read_file(path_in(folder));
  return text ? json::decode<StartupState>(*text, "startup").value_or(StartupState{}) : StartupState{};
}

}  // namespace

bool has_startup_check(const ContainerConfig& config) {
  return !config.startup_health.command.empty() && has_health_check(config.health);
}

Startup add_startup_result(StartupState& state, bool success, const StartupHealth& check) {
  state.successes = success ? state.successes + 1 : 0;
  state.failures += !success;
  state.passed = state.successes >= std::max(check.success, 1u);
  if (state.passed) return Startup::passed;
  // Once: while it is being restarted, checks go on.
  return check.retries > 0 && state.failures == check.retries ? Startup::failed : Startup::waiting;
}

Result<> reset_startup(const std::string& folder) { return remove_file(path_in(folder)); }

Result<Startup> check_startup(Engine& engine, const std::string& name) {
  const Engine::State& state = engine.state();
  const Container container = TRY(engine.state().find(name));
  const StartupHealth& check = container.config.startup_health;
  const std::string folder = state.folder(container.id);
  StartupState seen = read_state(folder);
  if (!has_startup_check(container.config) || seen.passed || !container.running()) return Startup::none;
  const HealthCheckResult result =
      probe(state.runtime(), container,
            {.command = health_command({.command = check.command}), .timeout = check.timeout, .log_size = 0});
  const Startup now = add_startup_result(seen, result.exit_code == 0, check);
  TRY(replace_file(path_in(folder), json::encode(seen), 0600, Sync::no));
  return now;
}

}  // namespace gantry::engine
