#pragma once

#include "options/command.hpp"

namespace gantry::build_cli {

using options::Command;

extern const Command kBinfmt, kBuild, kTask;
// of `gantry builder`
extern const Command kBuilderAdd, kBuilderCommit, kBuilderConfig, kBuilderContainers, kBuilderCopy, kBuilderFrom,
    kBuilderInspect, kBuilderMount, kBuilderPrune, kBuilderRm, kBuilderRun, kBuilderUnmount;

}  // namespace gantry::build_cli
