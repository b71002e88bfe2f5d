#pragma once

#include "build/situation.hpp"
#include "build/workspace.hpp"
#include "engine/config.hpp"

#include <string>
#include <vector>

namespace gantry::build {

/// What RUN --mount=… comes to.
struct RunMounts {
  std::vector<engine::Mount> mounts;
  std::vector<std::string> env;  ///< of secrets and agents
  std::vector<Lock> locks;       ///< on caches, until the step is done
};

/// Makes what a RUN is to see: trees of other nodes are mounted, secrets are written into memory, caches are made and
/// locked. All of it is in the mount namespace of the caller, who has one of his own: it ends with him.
/// Code::not_found for a secret or agent that is required and not given.
Result<RunMounts> prepare_mounts(const RunStep& step, const Situation& situation, const Workspace& place);

}  // namespace gantry::build
