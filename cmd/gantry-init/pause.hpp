#pragma once

namespace gantry::init {

/// Does nothing but reap, until SIGTERM, SIGINT or SIGQUIT: the process that holds the namespaces of a pod, and its
/// PID 1 where they share the pid namespace. Returns the exit code.
int run_pause();

}  // namespace gantry::init
