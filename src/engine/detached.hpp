#pragma once

#include "base/result.hpp"

#include <sys/types.h>

#include <functional>

namespace gantry::engine {

/// Runs `body` in a process that is a child of nobody here, in a session of its own: its pid. It has our descriptors,
/// and ends when `body` returns.
Result<pid_t> start_detached(const std::function<void()>& body);

}  // namespace gantry::engine
