#include "engine/health.hpp"

#include "base/file.hpp"
#include "base/json.hpp"

namespace gantry::engine {

namespace {

constexpr std::int64_t kInterval = 30 * kSecond;
constexpr std::int64_t kTimeout = 30 * kSecond;
constexpr unsigned kRetries = 3;
constexpr unsigned kLogCount = 5;
constexpr unsigned kLogSize = 500;

template <class Number>
void take_default(Number& value, Number fallback) {
  if (value == 0) value = fallback;
}

}  // namespace

bool has_health_check(const Health& health) { return !health.command.empty() && health.command.front() != "NONE"; }

std::vector<std::string> health_command(const Health& health) {
  std::vector<std::string> words(health.command.begin() + 1, health.command.end());
  if (health.command.front() == "CMD-SHELL") words.insert(words.begin(), {"/bin/sh", "-c"});
  return words;
}

void complete(Health& health, const std::optional<oci::Healthcheck>& image) {
  if (health.command.empty() && image) {
    health.command = image->test;
    take_default(health.interval, image->interval);
    take_default(health.timeout, image->timeout);
    take_default(health.start_period, image->start_period);
    take_default(health.start_interval, image->start_interval);
    take_default(health.retries, static_cast<unsigned>(image->retries));
  }
  // An image may say anything; what is no check is none.
  const bool known = health.command.size() > 1 && (health.command[0] == "CMD" || health.command[0] == "CMD-SHELL");
  if (!known) {
    health = {.command = health.command.empty() ? std::vector<std::string>{} : std::vector<std::string>{"NONE"}};
    return;
  }
  take_default(health.interval, kInterval);
  take_default(health.timeout, kTimeout);
  take_default(health.retries, kRetries);
  take_default(health.max_log_count, kLogCount);
  take_default(health.max_log_size, kLogSize);
}

void add_result(HealthState& state, HealthCheckResult result, const Health& health, Timestamp started) {
  const bool grace = state.status == "starting" && result.start - started < health.start_period;
  if (result.exit_code == 0) {
    state.failing_streak = 0;
    state.status = "healthy";
  } else if (!grace) {
    if (++state.failing_streak >= health.retries) state.status = "unhealthy";
  }
  if (result.output.size() > health.max_log_size) result.output.resize(health.max_log_size);
  state.log.push_back(std::move(result));
  if (state.log.size() > health.max_log_count)
    state.log.erase(state.log.begin(), state.log.end() - static_cast<std::ptrdiff_t>(health.max_log_count));
}

HealthState read_health(const std::string& path) {
  auto text = read_file(path);
  if (!text) return {};
  return json::decode<HealthState>(*text, "health").value_or(HealthState{});
}

Result<> write_health(const std::string& path, const HealthState& state) {
  return replace_file(path, json::encode(state), 0600, Sync::no);
}

}  // namespace gantry::engine
