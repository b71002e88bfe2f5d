#pragma once

#include "engine/config_life.hpp"
#include "wire/monitor.hpp"

#include <fmt/core.h>

#include <string>

namespace gantry::engine {

/// The policy as the monitor knows it: whatever the difference to "always" is, it lies in what happens after a restart
/// of the machine.
inline wire::RestartPolicy policy_of(const Restart& restart) {
  if (restart.policy == "on-failure") return wire::RestartPolicy::on_failure;
  if (restart.policy == "always" || restart.policy == "unless-stopped") return wire::RestartPolicy::always;
  return wire::RestartPolicy::no;
}

/// What the file wire::kPolicy holds.
inline std::string policy_text(const Restart& restart) {
  return fmt::format("{} {}\n", static_cast<unsigned>(policy_of(restart)), restart.tries);
}

}  // namespace gantry::engine
