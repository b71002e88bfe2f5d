#include "command.hpp"

#include <cerrno>

#include <unistd.h>

namespace gantry::init {

int execute(const Command& command) {
  if (command.search) {
    execvp(command.path, command.argv);
  } else {
    execve(command.path, command.argv, environ);
  }
  return errno;
}

int exit_code_of(const wire::InitReport& report) {
  if (report.stage != wire::InitStage::exec) return 125;
  return report.os_error == ENOENT || report.os_error == ENOTDIR ? 127 : 126;
}

}  // namespace gantry::init
