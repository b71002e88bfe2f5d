#pragma once

#include "children.hpp"

#include <sys/types.h>

namespace gantry::monitor {

/// Puts the exit record into the folder, in one step.
bool write_exit_record(int folder, const Children& children);

/// Whether somebody who has stopped the container has cleaned up after it; waits while he is at it.
bool is_cleaned_up(int folder);

/// Starts a command as if the monitor's caller had; its pid, or -1 after a sentence on stderr. `what` it is, for that.
pid_t start_command(const char* what, char** command, int oom_score);
/// Runs the cleanup command to its end.
void run_cleanup(char** command, int oom_score);

}  // namespace gantry::monitor
