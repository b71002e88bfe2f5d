#pragma once

#include "base/clock.hpp"
#include "engine/config.hpp"

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::engine {

enum class Status {
  creating,  ///< another process is making it at this moment
  created,   ///< never started
  running,
  paused,      ///< running, but stopped by `pause`
  restarting,  ///< has ended, and its monitor will start it again in a moment
  exited,
  removing,  ///< being taken apart, or the one who did so was killed: `rm` finishes it
};

/// "created", "running", "exited", …: as docker and podman say it.
std::string_view status_name(Status status);

/// A container as it is now.
struct Container {
  std::string id;  ///< 64 hex figures
  std::string name;
  std::string image_id;    ///< config digest in hex; empty without an image
  std::string image_name;  ///< as the user gave it, in full; the folder of --rootfs, or "host"
  Timestamp created = 0;
  Timestamp started = 0;   ///< 0: never
  Timestamp finished = 0;  ///< 0: never, or not known
  Status status = Status::created;
  pid_t pid = 0;                 ///< of its init; 0 unless it is there
  std::optional<int> exit_code;  ///< none: not ended yet, or ended while no monitor was there to see it
  bool oom_killed = false;
  unsigned restarts = 0;   ///< by its restart policy since somebody started it
  std::string health;      ///< "starting", "healthy", "unhealthy" of a running one with a health check
  ContainerConfig config;  ///< completed with the image's defaults

  /// Its processes are there, if only paused.
  bool running() const { return status == Status::running || status == Status::paused; }
  /// Entrypoint and command in one.
  std::vector<std::string> argv() const;
};

/// "Up 3 hours", "Exited (0) 2 minutes ago", "Exited (unknown) …", "Created": the STATUS column of ps.
std::string status_text(const Container& container, Timestamp now);

/// The --filter options of ps. Keys: id, name, label, status, ancestor, exited. The values of one key are
/// alternatives (of `label`: all must hold), different keys must all hold.
struct ListFilter {
  bool all = false;  ///< also those that do not run; implied by a filter on status or exited
  std::vector<std::pair<std::string, std::string>> conditions;
};

}  // namespace gantry::engine
