#pragma once

#include "wire/init.hpp"

namespace gantry::init {

/// What to become or to start.
struct Command {
  const char* path;
  char** argv;
  bool search = false;  ///< look `path` up in PATH when it holds no slash
};

/// Replaces this process; comes back with the errno only.
int execute(const Command& command);

/// 127 for a command that does not exist, 126 for one that cannot be executed, 125 for a failure before.
int exit_code_of(const wire::InitReport& report);

}  // namespace gantry::init
