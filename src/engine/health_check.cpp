#include "base/file.hpp"
#include "engine/health.hpp"
#include "engine/host_files.hpp"
#include "engine/probe.hpp"
#include "engine/state.hpp"

#include <csignal>

namespace gantry::engine {

Result<HealthState> Engine::check_health(const std::string& name) {
  const Container container = TRY(state_->find(name));
  const Health& health = container.config.health;
  if (!has_health_check(health))
    return fail(Code::invalid, "container '{}' has no health check", name)
        .with_cure("make it with --health-cmd, or from an image that has one");
  if (container.status != Status::running)
    return fail(Code::failed, "the health of container '{}' cannot be checked: it is {}", name,
                status_name(container.status));
  HealthCheckResult result =
      probe(state_->runtime(), container,
            {.command = health_command(health), .timeout = health.timeout, .log_size = health.max_log_size});

  const std::string path = state_->health_path(container.id);
  const Lock lock = TRY(Lock::take(state_->folder(container.id), Lock::Mode::exclusive));
  HealthState state = read_health(path);
  const std::string before = state.status;
  add_result(state, std::move(result), health, container.started);
  TRY(write_health(path, state));
  if (state.status != before)
    state_->report(container, "health_status", {.attributes = {{"health_status", state.status}}});
  state.changed = state.status != before;
  if (state.changed && state.status == "healthy") TRY(notify_healthy(container.config, container.pid));
  return state;
}

Result<> Engine::act_on_unhealthy(const std::string& name) {
  const std::string action = TRY(state_->find(name)).config.health.on_failure;
  if (action == "kill") return kill(name, SIGKILL);
  if (action == "stop") return stop(name, {});
  if (action != "restart") return {};
  Result<> done;
  restart({name}, {}, [&](const std::string&, Result<> result) { done = std::move(result); });
  return done;
}

}  // namespace gantry::engine
