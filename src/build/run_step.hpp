#pragma once

#include "base/fd.hpp"
#include "base/subprocess.hpp"
#include "build/situation.hpp"
#include "build/workspace.hpp"

namespace gantry::build {

/// Runs a command in a container whose root is `place`, and waits for its end; the container is gone then, and so is
/// what was only made to mount something on. `out` gets what it prints. The calling process is one of its own: its
/// mount namespace changes.
Result<ExitStatus> run_step(const RunStep& step, const Situation& situation, const Workspace& place, const Fd& out);

}  // namespace gantry::build
