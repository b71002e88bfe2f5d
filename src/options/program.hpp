#pragma once

#include "options/command.hpp"

namespace gantry::options {

struct Program {
  const Command& root;
  void* globals = nullptr;                     ///< gets the options of `root`
  Result<> (*ready)(void* globals) = nullptr;  ///< after the options, before the command: sets the log up
  std::vector<std::string> (*candidates)(Completes what, void* globals) = nullptr;  ///< names that exist now
};

/// Runs the command that argv names and returns the process's exit status. A failure is one line on stderr.
///
/// Every program knows three words more: `help [COMMAND]`, `man [COMMAND]`, which prints a man page, and
/// `__complete WORD...`, which the completion scripts call.
int run_program(const Program& program, std::span<char* const> argv);

/// 126 and 127 for a container's command that cannot run or is missing, 125 for the rest: as podman and docker.
int exit_status(const Error& error);

}  // namespace gantry::options
