#pragma once

#include "base/result.hpp"
#include "dockerfile/statement.hpp"

#include <span>
#include <string_view>

namespace gantry::dockerfile {

/// The names of all instructions, FROM among them, in upper case.
std::span<const std::string_view> instruction_names();
/// RUN, COPY, ADD: those behind which heredocs may stand.
bool takes_heredocs(std::string_view name);

/// Reads flags and arguments of any instruction but FROM, whose heredocs have been read.
Result<Operation> read_operation(Statement& statement);

// The instructions, a group of them a file; flags have been taken off.

Result<Operation> read_arg(const Statement& statement);
Result<Operation> read_env(const Statement& statement);
Result<Operation> read_label(const Statement& statement);
Result<Operation> read_run(const Statement& statement);
Result<Operation> read_copy(const Statement& statement);
Result<Operation> read_add(const Statement& statement);
Result<Operation> read_workdir(const Statement& statement);
Result<Operation> read_user(const Statement& statement);
Result<Operation> read_expose(const Statement& statement);
Result<Operation> read_volume(const Statement& statement);
Result<Operation> read_cmd(const Statement& statement);
Result<Operation> read_entrypoint(const Statement& statement);
Result<Operation> read_shell(const Statement& statement);
Result<Operation> read_stop_signal(const Statement& statement);
Result<Operation> read_healthcheck(const Statement& statement);
Result<Operation> read_on_build(const Statement& statement);
Result<Operation> read_maintainer(const Statement& statement);

/// JSON or a line for the shell; `from` is where it begins in the arguments. Empty is Code::invalid.
Result<Command> read_command(const Statement& statement, std::size_t from = 0);
/// The arguments as one text; empty is Code::invalid, `example` is the cure.
Result<std::string> one_argument(const Statement& statement, std::string_view example);
/// The arguments as a JSON list or split at blanks.
Result<std::vector<Word>> word_list(const Statement& statement);

}  // namespace gantry::dockerfile
