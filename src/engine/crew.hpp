#pragma once

#include "engine/engine.hpp"

#include <functional>
#include <string>
#include <vector>

namespace gantry::engine {

/// What one process of the crew does with its share of the names: it tells of each.
using Share = std::function<void(const std::vector<std::string>& names, const NameSink& done)>;

/// Shares names out among processes of our own, which work at the same time; `done` hears in this process, as they
/// come. For single-threaded callers, who have no database open: a connection must not be carried over a fork.
void share_out(const std::vector<std::string>& names, std::size_t processes, const Share& work, const NameSink& done);

}  // namespace gantry::engine
