#pragma once

namespace gantry::monitor {

/// Leaves the caller's session and folder, and becomes the parent of the container's orphans.
bool detach();

/// Makes the kernel spare the monitor when memory runs out, where that is permitted: without it nobody would see its
/// container end. Returns the score before, for the cleanup command.
int protect_from_oom();
void set_oom_score(int score);

}  // namespace gantry::monitor
