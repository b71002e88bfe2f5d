#pragma once

#include "base/result.hpp"
#include "engine/config.hpp"

#include <sys/types.h>

#include <string>
#include <vector>

namespace gantry::engine {

/// What a container gets of the host by options of its own: the time zone of --tz, the program of --init-path, and the
/// socket on which it tells the host's systemd that it is ready.
struct HostFiles {
  std::vector<Mount> mounts;
  std::vector<std::string> env;
};
Result<HostFiles> find_host_files(const ContainerConfig& config);

/// With --sdnotify conmon: tells the host's systemd that the container runs and that its monitor is the main process.
Result<> notify_started(const ContainerConfig& config, pid_t init);
/// The same with --sdnotify healthy, when its health check succeeds for the first time.
Result<> notify_healthy(const ContainerConfig& config, pid_t init);

}  // namespace gantry::engine
