#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "options/complete.hpp"
#include "options/print.hpp"

namespace gantry::cli {

namespace {

struct CompletionArguments {
  std::vector<std::string> shells;
};

Result<int> completion(const Globals&, const CompletionArguments& arguments) {
  TRY(options::print(TRY(options::completion_script("gantry", arguments.shells[0]))));
  return 0;
}

constexpr options::Example kExamples[] = {
    {"source <(gantry completion bash)", "Complete in this shell"},
    {"gantry completion fish > ~/.config/fish/completions/gantry.fish", "Complete in every fish of yours"},
};

}  // namespace

constinit const Command kCompletion = options::command<completion>({
    .name = "completion",
    .summary = "Print a script that completes commands in a shell",
    .synopsis = "bash|zsh|fish",
    .description = "Prints a script that completes the names of commands, options, containers and images. Packages "
                   "install it; it need not be printed again after an update.",
    .examples = kExamples,
    .words = options::words<&CompletionArguments::shells>({.name = "SHELL", .least = 1, .most = 1}),
});

}  // namespace gantry::cli
