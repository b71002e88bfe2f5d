#pragma once

#include "base/result.hpp"
#include "oci/runtime_spec.hpp"
#include "oci/runtime_state.hpp"

#include <string_view>
#include <vector>

namespace gantry::runtime {

/// Runs hooks in their order with the state on stdin (config.md, "POSIX-platform Hooks"). The first that fails or
/// outlives its timeout ends it: `createRuntime hook /usr/bin/x failed with exit code 1`.
Result<> run_hooks(const std::vector<oci::Hook>& hooks, std::string_view kind, const oci::State& state);

}  // namespace gantry::runtime
