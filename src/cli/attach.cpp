#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "cli/selection.hpp"

namespace gantry::cli {

namespace {

struct AttachArguments {
  bool no_stdin = false;
  bool latest = false;
  engine::AttachOptions how;
  std::vector<std::string> names;
};

Result<int> attach(const Globals& globals, const AttachArguments& arguments) {
  auto how = arguments.how;
  how.input = !arguments.no_stdin;
  auto engine = TRY(open_engine(globals));
  if (arguments.names.empty() != arguments.latest)
    return fail(Code::invalid, "it takes one container").with_cure("name it, or give --latest");
  const std::string name = arguments.latest ? TRY(latest_container(engine)) : arguments.names[0];
  return TRY(engine.attach(name, how)).exit_code.value_or(0);
}

constexpr options::Option kOptions[] = {
    options::flag<&AttachArguments::latest>('l', "latest", "The container that was made last"),
    options::flag<&AttachArguments::no_stdin>(0, "no-stdin", "Do not pass stdin on"),
};
constexpr options::Option kAttachOptions[] = {
    options::flag<&engine::AttachOptions::signal_proxy>(0, "sig-proxy", "Pass signals on (default true)"),
    options::option<&engine::AttachOptions::detach_keys>(0, "detach-keys", "KEYS",
                                                         "Keys that leave it running (default ctrl-p,ctrl-q)"),
};
constexpr options::Group kGroups[] = {options::group(kOptions), options::group<&AttachArguments::how>(kAttachOptions)};
constexpr options::Example kExamples[] = {{"gantry attach shell", "Go back to a container that was left running"}};

}  // namespace

constinit const Command kAttach = options::command<attach>({
    .name = "attach",
    .summary = "Connect to a running container",
    .synopsis = "[OPTIONS] CONTAINER",
    .description = "Connects stdin, stdout and stderr, or the terminal, to those of the container's command, and waits "
                   "until it ends. The exit status is then that of the command.",
    .examples = kExamples,
    .groups = kGroups,
    .words =
        options::words<&AttachArguments::names>({.name = "CONTAINER", .most = 1, .first = options::Completes::running}),
});

}  // namespace gantry::cli
