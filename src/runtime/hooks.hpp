#pragma once

#include "base/fd.hpp"
#include "oci/runtime_spec.hpp"
#include "oci/runtime_state.hpp"
#include "runtime/annotations.hpp"

#include <string_view>
#include <vector>

namespace gantry::runtime {

/// Where hooks print: stdout nowhere and stderr to ours, unless the config's annotations name files.
struct HookOutput {
  Fd out;
  Fd err;
};
/// Opened before anything of the container is entered: the paths are the host's.
Result<HookOutput> open_hook_output(const Annotations& annotations);
Result<HookOutput> open_hook_output(const oci::Spec& spec);

/// Runs hooks in their order with the state on stdin (config.md, "POSIX-platform Hooks"). The first that fails or
/// outlives its timeout ends it: `createRuntime hook /usr/bin/x failed with exit code 1`.
Result<> run_hooks(const std::vector<oci::Hook>& hooks, std::string_view kind, const oci::State& state,
                   const HookOutput& output);

}  // namespace gantry::runtime
