#pragma once

#include "engine/state.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace gantry::engine {

/// What is done with a container that was stopped, by its id.
using AfterStop = std::function<Result<>(const std::string& id)>;

/// Stops several at the same time, and does `after` with each as it has ended. Their monitors then leave the cleanup to
/// it. No timeout: the containers' own; 0: SIGKILL.
void stop_all(Engine::State& state, const std::vector<std::string>& names, std::optional<unsigned> timeout,
              const AfterStop& after, const NameSink& done);

}  // namespace gantry::engine
