#pragma once

#include "engine/engine.hpp"

#include <string>
#include <vector>

namespace gantry::engine {

/// The ids of these containers and of all that need one of them (by --requires, or for its namespaces), in an order in
/// which they can be removed. A name of no container stays as it is.
Result<std::vector<std::string>> with_dependents(Engine& engine, const std::vector<std::string>& names);

/// Code::busy when one of these containers is needed by one that is not among them.
Result<> check_not_needed(Engine& engine, const std::vector<std::string>& names);

}  // namespace gantry::engine
