#include "options/program.hpp"

#include "base/log.hpp"
#include "options/complete.hpp"
#include "options/help.hpp"
#include "options/man.hpp"
#include "options/print.hpp"
#include "options/sibling.hpp"

namespace gantry::options {

namespace {

enum class Wanted { run, help, man, complete };

Wanted wanted_by(std::span<char* const> argv) {
  if (argv.size() < 2) return Wanted::run;
  std::string_view word = argv[1];
  if (word == "help") return Wanted::help;
  if (word == "man") return Wanted::man;
  if (word == "__complete") return Wanted::complete;
  return Wanted::run;
}

Result<int> run_command(const Program& program, std::span<char* const> argv) {
  Call call(program.root, program.globals, program.ready, argv);
  TRY(call.descend());
  const Command& command = call.command();
  if (!command.program.empty()) return exec_sibling(command.program, argv);
  if (call.wants_help() || (!command.run && argv.size() < 2)) {
    TRY(print(help_text(call)));
    return 0;
  }
  if (!command.run)
    return fail(Code::invalid, "'{}' needs a command", call.name())
        .with_cure(fmt::format("see '{} --help'", call.name()));
  return command.run(call);
}

/// Help or the man page of the command that is named by all words after the first.
Result<int> describe(const Program& program, std::span<char* const> argv, std::string (*text)(const Call&)) {
  std::vector<char*> words = {argv[0]};
  words.insert(words.end(), argv.begin() + 2, argv.end());
  Call call(program.root, program.globals, nullptr, words);
  TRY(call.descend());
  if (!call.command().program.empty()) return exec_sibling(call.command().program, argv);
  TRY(print(text(call)));
  return 0;
}

Result<int> complete(const Program& program, std::span<char* const> argv) {
  std::vector<char*> words = {argv[0]};
  words.insert(words.end(), argv.begin() + 2, argv.end());
  auto completion = complete_words(program, words);
  if (!completion.program.empty()) return exec_sibling(completion.program, argv);
  TRY(print(completion.text));
  return 0;
}

Result<int> answer(const Program& program, std::span<char* const> argv) {
  switch (wanted_by(argv)) {
    case Wanted::help:
      return describe(program, argv, &help_text);
    case Wanted::man:
      return describe(program, argv, &man_page);
    case Wanted::complete:
      return complete(program, argv);
    case Wanted::run:
      break;
  }
  return run_command(program, argv);
}

}  // namespace

int exit_status(const Error& error) {
  if (error.code() == Code::not_executable) return 126;
  if (error.code() == Code::no_command) return 127;
  return 125;
}

int run_program(const Program& program, std::span<char* const> argv) {
  auto status = answer(program, argv);
  if (status) return *status;
  log::error("{}", status.error().message());
  return exit_status(status.error());
}

}  // namespace gantry::options
