#include "linux/process.hpp"
#include "runtime_cli/context.hpp"

namespace gantry::runtime_cli {

namespace {

struct KillArguments {
  bool all = false;
  bool regex = false;
  std::vector<std::string> words;
};

Result<int> kill(const Globals& globals, const KillArguments& arguments) {
  int signal = TRY(linux::parse_signal(arguments.words.size() > 1 ? arguments.words[1] : "TERM"));
  runtime::Settings settings = TRY(runtime_cli::settings(globals));
  for (const auto& id : TRY(chosen_containers(settings, arguments.words[0], arguments.regex)))
    TRY(runtime::kill(settings, id, signal, arguments.all));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::flag<&KillArguments::all>('a', "all", "Send it to every process of the container"),
    options::flag<&KillArguments::regex>('r', "regex", "CONTAINER is a regular expression that matches ids"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};
constexpr options::Example kExamples[] = {{"gantry-runtime kill web KILL", "End a container at once"}};

}  // namespace

constinit const Command kKill = options::command<kill>({
    .name = "kill",
    .summary = "Send a signal to a container",
    .synopsis = "[OPTIONS] CONTAINER [SIGNAL]",
    .description = "Sends SIGTERM, or the given signal by name or number, to the container's first process.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&KillArguments::words>({.name = "CONTAINER", .least = 1, .most = 2}),
});

}  // namespace gantry::runtime_cli
