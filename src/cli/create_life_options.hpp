#pragma once

#include "engine/config.hpp"
#include "options/option.hpp"

#include <climits>
#include <string>
#include <vector>

namespace gantry::cli {

/// How the container lives and ends.
struct CreateLifeOptions {
  std::string cidfile;
  bool remove = false;
  std::string stop_signal;
  unsigned stop_timeout = 10;
  unsigned timeout = 0;
  std::string restart;
  std::string pod;

  std::optional<std::string> health_command;
  bool no_health_check = false;
  std::string health_interval;
  std::int64_t health_timeout = 0;
  std::int64_t health_start_period = 0;
  std::int64_t health_start_interval = 0;
  std::int64_t health_retries = 0;
  std::string health_on_failure;
  std::int64_t health_max_log_count = 0;
  std::int64_t health_max_log_size = 0;

  std::optional<std::string> startup_command;
  std::int64_t startup_interval = 0;
  std::int64_t startup_timeout = 0;
  unsigned startup_retries = 0;
  unsigned startup_success = 0;

  std::string log_driver;
  std::vector<std::string> log_options;
};

Result<> set_life(engine::ContainerConfig& config, const CreateLifeOptions& options);
/// "no", "on-failure:5".
Result<engine::Restart> read_restart(std::string_view word);
/// Refuses to remove a container at its end and to start it again.
Result<> check_restart(const engine::ContainerConfig& config);

namespace create {

inline constexpr options::Choice<std::string_view> kHealthActions[] = {
    {"none", "none"}, {"kill", "kill"}, {"restart", "restart"}, {"stop", "stop"}};
inline constexpr options::Choice<std::string_view> kLogDrivers[] = {
    {"k8s-file", "k8s-file"}, {"json-file", "json-file"}, {"none", "none"}};

inline constexpr options::Option kLife[] = {
    options::option<&CreateLifeOptions::cidfile>(0, "cidfile", "FILE", "Write the container's ID to a new file")
        .completing(options::Completes::files),
    options::option<&CreateLifeOptions::pod>(0, "pod", "POD", "Run in a pod; new:NAME makes it"),
    options::flag<&CreateLifeOptions::remove>(0, "rm", "Remove the container when it ends"),
    options::option<&CreateLifeOptions::restart>(
        0, "restart", "POLICY", "When to start it again: no, on-failure[:TRIES], always or unless-stopped"),
    options::option<&CreateLifeOptions::stop_signal>(0, "stop-signal", "SIGNAL", "What `gantry stop` sends first"),
    options::option<&CreateLifeOptions::stop_timeout, options::read_between<0, INT_MAX, unsigned>>(
        0, "stop-timeout", "SECONDS", "How long `gantry stop` waits before it kills (default 10)"),
    options::option<&CreateLifeOptions::timeout, options::read_between<0, INT_MAX, unsigned>>(
        0, "timeout", "SECONDS", "Kill it when it has run so long (default 0: never)"),

    options::option<&CreateLifeOptions::health_command>(
        0, "health-cmd", "COMMAND", "How to check its health: for a shell, or a JSON array; none: not at all"),
    options::option<&CreateLifeOptions::health_interval>(
        0, "health-interval", "DURATION", "Time between checks (default 30s); disable: by `healthcheck run` only"),
    options::option<&CreateLifeOptions::health_on_failure, options::read_choice<kHealthActions>>(
        0, "health-on-failure", "none|kill|restart|stop", "What to do when it becomes unhealthy"),
    options::option<&CreateLifeOptions::health_retries, options::read_between<1, INT_MAX>>(
        0, "health-retries", "NUMBER", "Failures in a row that make it unhealthy (default 3)"),
    options::option<&CreateLifeOptions::health_start_period, options::read_duration>(
        0, "health-start-period", "DURATION", "Time in which failures do not count (default 0s)"),
    options::option<&CreateLifeOptions::health_start_interval, options::read_duration>(
        0, "health-start-interval", "DURATION", "Time between checks in that time (default as --health-interval)"),
    options::option<&CreateLifeOptions::health_timeout, options::read_duration>(
        0, "health-timeout", "DURATION", "When a check has failed that does not end (default 30s)"),
    options::option<&CreateLifeOptions::health_max_log_count, options::read_between<1, 1000>>(
        0, "health-max-log-count", "NUMBER", "Results that are kept (default 5)"),
    options::option<&CreateLifeOptions::health_max_log_size, options::read_between<1, 1000000>>(
        0, "health-max-log-size", "NUMBER", "Characters that are kept of a result (default 500)"),
    options::flag<&CreateLifeOptions::no_health_check>(0, "no-healthcheck", "Do not check its health"),

    options::option<&CreateLifeOptions::startup_command>(
        0, "health-startup-cmd", "COMMAND", "How to check that it has started; until then its health is not checked"),
    options::option<&CreateLifeOptions::startup_interval, options::read_duration>(
        0, "health-startup-interval", "DURATION", "Time between these checks (default 30s)"),
    options::option<&CreateLifeOptions::startup_retries, options::read_between<0, INT_MAX, unsigned>>(
        0, "health-startup-retries", "NUMBER", "Failures after which it is restarted (default 0: never)"),
    options::option<&CreateLifeOptions::startup_success, options::read_between<0, INT_MAX, unsigned>>(
        0, "health-startup-success", "NUMBER", "Successes in a row that it takes (default 1)"),
    options::option<&CreateLifeOptions::startup_timeout, options::read_duration>(
        0, "health-startup-timeout", "DURATION", "When such a check has failed that does not end (default 30s)"),

    options::option<&CreateLifeOptions::log_driver, options::read_choice<kLogDrivers>>(
        0, "log-driver", "k8s-file|json-file|none", "Form of the log (default k8s-file)"),
    options::option<&CreateLifeOptions::log_options>(
        0, "log-opt", "NAME=VALUE", "Of the log: path=FILE, max-size=SIZE (then it is rotated), tag=TEXT"),
};

}  // namespace create

}  // namespace gantry::cli
