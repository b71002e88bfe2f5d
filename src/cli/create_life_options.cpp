#include "cli/create_life_options.hpp"

#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace gantry::cli {

namespace {

constexpr std::array<std::string_view, 4> kPolicies{"no", "on-failure", "always", "unless-stopped"};

/// As podman reads it: "none", a JSON array of words, or a line for a shell.
Result<std::vector<std::string>> read_health_command(const std::string& text) {
  if (text.empty() || text == "none") return std::vector<std::string>{"NONE"};
  if (!text.starts_with('[')) return std::vector<std::string>{"CMD-SHELL", text};
  auto words = TRY(json::decode<std::vector<std::string>>(text, "option --health-cmd"));
  if (words.empty()) return fail(Code::invalid, "option --health-cmd: the array is empty");
  if (words[0] != "CMD" && words[0] != "CMD-SHELL" && words[0] != "NONE") words.insert(words.begin(), "CMD");
  return words;
}

Result<> set_health(engine::Health& health, const CreateLifeOptions& options) {
  if (options.no_health_check && options.health_command)
    return fail(Code::invalid, "options --no-healthcheck and --health-cmd exclude each other")
        .with_cure("give one of them");
  if (options.health_command) health.command = TRY(read_health_command(*options.health_command));
  if (options.no_health_check) health.command = {"NONE"};
  if (options.health_interval == "disable") health.interval = -1;
  else if (!options.health_interval.empty())
    health.interval = TRY(with_context(options::read_duration(options.health_interval), "option --health-interval"));
  health.timeout = options.health_timeout;
  health.start_period = options.health_start_period;
  health.start_interval = options.health_start_interval;
  health.retries = static_cast<unsigned>(options.health_retries);
  health.on_failure = options.health_on_failure;
  health.max_log_count = static_cast<unsigned>(options.health_max_log_count);
  health.max_log_size = static_cast<unsigned>(options.health_max_log_size);
  return {};
}

Result<> set_startup_health(engine::ContainerConfig& config, const CreateLifeOptions& options) {
  constexpr std::int64_t kDefault = 30 * kSecond;
  engine::StartupHealth& check = config.startup_health;
  if (!options.startup_command) {
    if (options.startup_interval != 0 || options.startup_timeout != 0 || options.startup_retries != 0 ||
        options.startup_success != 0)
      return fail(Code::invalid, "options --health-startup-… are about a check that is not given")
          .with_cure("give --health-startup-cmd");
    return {};
  }
  if (options.no_health_check || !options.health_command)
    return fail(Code::invalid, "option --health-startup-cmd: there is no health check to follow it")
        .with_cure("give --health-cmd too");
  check.command = TRY(with_context(read_health_command(*options.startup_command), "option --health-startup-cmd"));
  check.interval = options.startup_interval > 0 ? options.startup_interval : kDefault;
  check.timeout = options.startup_timeout > 0 ? options.startup_timeout : kDefault;
  check.retries = options.startup_retries;
  check.success = options.startup_success;
  return {};
}

Result<> set_log(engine::Log& log, const CreateLifeOptions& options) {
  log.driver = options.log_driver;
  for (const auto& word : options.log_options) {
    const auto [name, value, found] = cut(word, '=');
    if (!found) return fail(Code::invalid, "option --log-opt: '{}' is not of the form NAME=VALUE", word);
    if (name == "path") log.path = TRY(absolute_path(value));
    else if (name == "max-size") log.max_size = TRY(with_context(parse_size(value), "option --log-opt: max-size"));
    else if (name == "tag") log.tag = value;
    else
      return fail(Code::invalid, "option --log-opt: logs have no option '{}'", name)
          .with_cure("options are path, max-size and tag");
  }
  return {};
}

}  // namespace

Result<engine::Restart> read_restart(std::string_view word) {
  const Halves halves = cut(word, ':');
  if (std::ranges::find(kPolicies, halves.before) == kPolicies.end())
    return fail(Code::invalid, "option --restart: '{}' is no policy", word)
        .with_cure("policies are no, on-failure[:TRIES], always and unless-stopped");
  engine::Restart restart{.policy = std::string(halves.before)};
  if (!halves.found) return restart;
  if (restart.policy != "on-failure")
    return fail(Code::invalid, "option --restart: '{}' takes no number", halves.before)
        .with_cure("write on-failure:TRIES, or leave it out");
  restart.tries = static_cast<unsigned>(TRY(with_context(parse_unsigned(halves.after), "option --restart")));
  return restart;
}

Result<> check_restart(const engine::ContainerConfig& config) {
  if (!config.remove || config.restart.policy.empty() || config.restart.policy == "no") return {};
  return fail(Code::invalid, "options --rm and --restart={} exclude each other", config.restart.policy)
      .with_cure("a container that is removed cannot be started again: give one of them");
}

Result<> set_life(engine::ContainerConfig& config, const CreateLifeOptions& options) {
  config.cidfile = options.cidfile;
  config.remove = options.remove;
  config.stop_signal = options.stop_signal;
  config.stop_timeout = options.stop_timeout;
  config.timeout = options.timeout;
  config.pod = options.pod;
  if (!options.restart.empty()) config.restart = TRY(read_restart(options.restart));
  TRY(check_restart(config));
  TRY(set_health(config.health, options));
  TRY(set_startup_health(config, options));
  return set_log(config.log, options);
}

}  // namespace gantry::cli
