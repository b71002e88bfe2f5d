#pragma once

#include "engine/config.hpp"
#include "options/option.hpp"

#include <climits>
#include <string>

namespace gantry::cli {

/// How the container lives and ends.
struct CreateLifeOptions {
  std::string cidfile;
  bool remove = false;
  std::string stop_signal;
  unsigned stop_timeout = 10;
};

Result<> set_life(engine::ContainerConfig& config, const CreateLifeOptions& options);

namespace create {

inline constexpr options::Option kLife[] = {
    options::option<&CreateLifeOptions::cidfile>(0, "cidfile", "FILE", "Write the container's ID to a new file")
        .completing(options::Completes::files),
    options::flag<&CreateLifeOptions::remove>(0, "rm", "Remove the container when it ends"),
    options::option<&CreateLifeOptions::stop_signal>(0, "stop-signal", "SIGNAL", "What `gantry stop` sends first"),
    options::option<&CreateLifeOptions::stop_timeout, options::read_between<0, INT_MAX, unsigned>>(
        0, "stop-timeout", "SECONDS", "How long `gantry stop` waits before it kills (default 10)"),
};

}  // namespace create

}  // namespace gantry::cli
