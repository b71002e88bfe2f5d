#pragma once

#include "base/json_options.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace gantry::engine {

/// What the monitor does when the container ends.
struct Restart {
  std::string policy;  ///< "no", "on-failure", "always", "unless-stopped"; empty: no
  unsigned tries = 0;  ///< of on-failure; 0: without end

  bool operator==(const Restart&) const = default;
};
BOOST_DESCRIBE_STRUCT(Restart, (), (policy, tries))

/// A health check. Times are in nanoseconds; 0 is what the image says, or the default.
struct Health {
  std::vector<std::string> command;  ///< of image-spec: {"CMD", …}, {"CMD-SHELL", text}, {"NONE"}; empty: the image's
  std::int64_t interval = 0;         ///< default 30 s; negative: only by `healthcheck run`
  std::int64_t timeout = 0;          ///< default 30 s
  std::int64_t start_period = 0;     ///< failures before it has passed do not count
  std::int64_t start_interval = 0;   ///< between checks in the start period
  unsigned retries = 0;              ///< failures in a row until it is unhealthy; default 3
  std::string on_failure;            ///< "none", "kill", "restart", "stop"; empty: none
  std::string log_destination;       ///< "local", "events_logger" or an absolute folder; empty: local
  unsigned max_log_count = 0;        ///< default 5
  unsigned max_log_size = 0;         ///< characters of each; default 500

  bool operator==(const Health&) const = default;
};
BOOST_DESCRIBE_STRUCT(Health, (),
                      (command, interval, timeout, start_period, start_interval, retries, on_failure, log_destination,
                       max_log_count, max_log_size))
constexpr json::Options json_options(const Health*) { return {.style = json::Style::snake}; }

/// podman's startup health check: until it has passed, the other one does not run.
struct StartupHealth {
  std::vector<std::string> command;  ///< as in Health; empty: there is none
  std::int64_t interval = 0;         ///< nanoseconds, as is timeout
  std::int64_t timeout = 0;
  unsigned retries = 0;  ///< failures until the container is restarted; 0: never
  unsigned success = 0;  ///< successes in a row that it takes; 0: one

  bool operator==(const StartupHealth&) const = default;
};
BOOST_DESCRIBE_STRUCT(StartupHealth, (), (command, interval, timeout, retries, success))

/// Where the container's output goes.
struct Log {
  std::string driver;               ///< "k8s-file", "json-file", "journald", "passthrough", "none"; empty: k8s-file
  std::string path;                 ///< absolute, of a file driver; empty: in the container's folder
  std::uint64_t max_size = 0;       ///< bytes until the file is rotated; 0: never
  unsigned max_files = 0;           ///< rotated files that are kept; 0: one
  std::string tag;                  ///< a template, as it was given
  std::vector<std::string> labels;  ///< names of labels to log
  std::map<std::string, std::string> options;  ///< all others that were given

  bool operator==(const Log&) const = default;
};
BOOST_DESCRIBE_STRUCT(Log, (), (driver, path, max_size, max_files, tag, labels, options))
constexpr json::Options json_options(const Log*) { return {.style = json::Style::snake}; }

/// How the container lives with others and how it ends.
struct LifeConfig {
  bool detach = false;
  bool remove = false;             ///< --rm
  bool remove_image = false;       ///< --rmi
  std::string stop_signal;         ///< "SIGTERM", "15"; empty: the image's or SIGTERM
  unsigned stop_timeout = 10;      ///< seconds until SIGKILL
  unsigned timeout = 0;            ///< seconds that it may run; 0: without end
  std::string cidfile;             ///< gets the id; must not exist
  std::string pid_file;            ///< gets the pid of the first process
  std::string monitor_pid_file;    ///< gets the pid of gantry-monitor
  std::string pod;                 ///< id of the pod it belongs to
  std::string init_container;      ///< of a pod: "once", "always"; empty: an ordinary container
  std::vector<std::string> needs;  ///< ids of containers that are started first: --requires

  Restart restart;
  Health health;
  StartupHealth startup_health;
  Log log;

  bool operator==(const LifeConfig&) const = default;
};
BOOST_DESCRIBE_STRUCT(LifeConfig, (),
                      (detach, remove, remove_image, stop_signal, stop_timeout, timeout, cidfile, pid_file,
                       monitor_pid_file, pod, init_container, needs, restart, health, startup_health, log))

}  // namespace gantry::engine
