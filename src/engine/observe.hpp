#pragma once

#include "engine/container.hpp"
#include "engine/run_folder.hpp"

// What a container is at this moment, from its row and its run folder. Readers take no lock, so they may look while
// something happens: whatever they see must be a state that the container was in.

namespace gantry::engine {

struct Observation {
  std::optional<StartRecord> start;
  std::optional<Exit> exit;
  bool alive = false;       ///< its init runs, or its end is about to be recorded
  bool paused = false;      ///< with `alive`
  bool restarting = false;  ///< with `exit`: its monitor waits until it may start it again
};

Container observe(const Record& record, const Observation& seen);

}  // namespace gantry::engine
