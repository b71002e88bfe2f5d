#include "options/program.hpp"

#include "base/log.hpp"
#include "options/complete.hpp"
#include "options/help.hpp"
#include "options/man.hpp"
#include "options/print.hpp"
#include "options/sibling.hpp"

#include <csignal>

namespace gantry::options {

namespace {

/// The program's name and the words that a built-in command has not read.
std::vector<char*> remaining_words(const Call& call) {
  std::vector<char*> words = {call.argv()[0]};
  words.insert(words.end(), call.rest().begin(), call.rest().end());
  return words;
}

/// Prints the help or the man page of the command that the remaining words name.
Result<int> describe(const Call& call, std::string (*text)(const Call&)) {
  auto words = remaining_words(call);
  Call described(call.program(), words);
  TRY(described.descend());
  if (!described.command().program.empty()) return exec_sibling(described.command().program, call.argv());
  TRY(print(text(described)));
  return 0;
}

Result<int> help(Call& call) { return describe(call, &help_text); }
Result<int> man(Call& call) { return describe(call, &man_page); }

Result<int> complete(Call& call) {
  auto words = remaining_words(call);
  auto completion = complete_words(call.program(), words);
  if (!completion.program.empty()) return exec_sibling(completion.program, call.argv());
  TRY(print(completion.text));
  return 0;
}

constexpr Command kBuiltIn[] = {
    {.name = "help", .run = &help}, {.name = "man", .run = &man}, {.name = "__complete", .run = &complete}};

Result<int> answer(const Program& program, std::span<char* const> argv) {
  Call call(program, argv);
  TRY(call.descend());
  const Command& command = call.command();
  if (!command.program.empty()) return exec_sibling(command.program, argv);
  if (call.wants_version()) {
    TRY(print(fmt::format("{} version {}\n", program.root.name, program.version)));
    return 0;
  }
  if (!command.run && (call.wants_help() || argv.size() < 2)) {
    TRY(print(help_text(call)));
    return 0;
  }
  if (command.run) return command.run(call);
  return fail(Code::invalid, "'{}' needs a command", call.name())
      .with_cure(fmt::format("see '{} --help'", call.name()));
}

}  // namespace

const Command* built_in_command(std::string_view name) {
  for (const Command& command : kBuiltIn)
    if (command.name == name) return &command;
  return nullptr;
}

int exit_status(const Error& error) {
  if (error.code() == Code::not_executable) return 126;
  if (error.code() == Code::no_command) return 127;
  return 125;
}

int run_program(const Program& program, std::span<char* const> argv) {
  // Of a caller that ignores it we would inherit that, and the kernel would reap what we wait for.
  signal(SIGCHLD, SIG_DFL);
  auto status = answer(program, argv);
  if (status) return *status;
  log::error("{}", status.error().message());
  return exit_status(status.error());
}

}  // namespace gantry::options
