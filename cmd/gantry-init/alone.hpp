#pragma once

namespace gantry::init {

/// gantry-init as an init that anybody puts in front of a command; returns its exit code.
/// `arguments` are options and the command, without the program's own name.
int run_alone(char** arguments);

}  // namespace gantry::init
