#pragma once

namespace gantry::init {

/// Carries out the order that waits in `order_fd` for the command `argv[0]` with arguments `argv + 1`.
/// Returns the exit code when the command cannot be executed or, with kInitReap, when it has ended.
int carry_out(int order_fd, char** argv);

}  // namespace gantry::init
