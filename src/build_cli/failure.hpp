#pragma once

#include "build/job.hpp"
#include "dockerfile/ast.hpp"

namespace gantry::build_cli {

/// Prints how a step has failed, with its last lines and its place in the file, and tells the status: that of its
/// command, or 125.
int show_failure(const build::Built& built, const dockerfile::Dockerfile& file);

/// Prints an error of several lines, which the log would make one; others, and no errors, are returned as they are.
Result<int> show_excerpt(Result<int> status);

}  // namespace gantry::build_cli
