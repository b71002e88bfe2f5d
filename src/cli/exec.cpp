#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "cli/environment.hpp"

namespace gantry::cli {

namespace {

struct ExecArguments {
  engine::ExecConfig config;
  std::vector<std::string> variables, variable_files;
  std::vector<std::string> words;
};

Result<int> exec(const Globals& globals, const ExecArguments& arguments) {
  auto config = arguments.config;
  config.env = TRY(read_environment(arguments.variable_files, arguments.variables));
  config.command.assign(arguments.words.begin() + 1, arguments.words.end());
  auto engine = TRY(open_starting_engine(globals));
  return engine.exec(arguments.words[0], config);
}

using engine::ExecConfig;
constexpr options::Option kConfigOptions[] = {
    options::flag<&ExecConfig::detach>('d', "detach", "Leave the command running"),
    options::flag<&ExecConfig::interactive>('i', "interactive", "Pass stdin on to the command"),
    options::flag<&ExecConfig::tty>('t', "tty", "Give the command a terminal"),
    options::option<&ExecConfig::user>('u', "user", "USER[:GROUP]", "Run as this user, by name or number"),
    options::option<&ExecConfig::workdir>('w', "workdir", "PATH", "Start in this folder of the container"),
    options::flag<&ExecConfig::privileged>(0, "privileged", "Grant every capability"),
    options::option<&ExecConfig::detach_keys>(0, "detach-keys", "KEYS",
                                              "Keys that leave it running (default ctrl-p,ctrl-q)"),
};
constexpr options::Option kOptions[] = {
    options::option<&ExecArguments::variables>('e', "env", "NAME[=VALUE]",
                                               "Set a variable; without a value it is taken "
                                               "from here"),
    options::option<&ExecArguments::variable_files>(0, "env-file", "FILE", "Set the variables in a file, one a line")
        .completing(options::Completes::files),
};
constexpr options::Group kGroups[] = {options::group<&ExecArguments::config>(kConfigOptions), options::group(kOptions)};
constexpr options::Example kExamples[] = {
    {"gantry exec -it web sh", "Look around in a running container"},
    {"gantry exec -u 0 web kill -HUP 1", "Run a command as root there"},
};

}  // namespace

constinit const Command kExec = options::command<exec>({
    .name = "exec",
    .summary = "Run a further command in a running container",
    .synopsis = "[OPTIONS] CONTAINER COMMAND [ARG...]",
    .description = "Runs a command with the namespaces, limits and rights of the container. The exit status is that of "
                   "the command, 127 if it does not exist, 126 if it cannot be run.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&ExecArguments::words>(
        {.name = "CONTAINER COMMAND", .least = 2, .command_line = true, .first = options::Completes::running}),
});

}  // namespace gantry::cli
