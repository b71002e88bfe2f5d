#pragma once

#include "children.hpp"

namespace gantry::monitor {

/// Puts the exit record into the folder, in one step.
bool write_exit_record(int folder, const Children& children);

/// Runs the cleanup command to its end, as if the monitor's caller had.
void run_cleanup(char** command, int oom_score);

}  // namespace gantry::monitor
