#pragma once

#include "build/situation.hpp"
#include "build/workspace.hpp"

namespace gantry::build {

/// COPY and ADD into `place`.
Result<> copy_step(const CopyStep& step, const Situation& situation, const Workspace& place);

}  // namespace gantry::build
