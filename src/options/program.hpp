#pragma once

#include "options/command.hpp"

namespace gantry::options {

/// Runs the command that argv names and returns the process's exit status. A failure is one line on stderr.
int run_program(const Program& program, std::span<char* const> argv);

/// What every program knows besides its own commands: `help [COMMAND]`, `man [COMMAND]`, which prints a man page, and
/// `__complete WORD...`, which the completion scripts call. Null for another name.
const Command* built_in_command(std::string_view name);

/// 126 and 127 for a container's command that cannot run or is missing, 125 for the rest: as podman and docker.
int exit_status(const Error& error);

}  // namespace gantry::options
