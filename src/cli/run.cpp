#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "cli/create_options.hpp"
#include "cli/fetch_image.hpp"
#include "engine/pods.hpp"
#include "options/print.hpp"

namespace gantry::cli {

namespace {

struct RunArguments {
  CreateOptions create;
  bool detach = false;
  engine::AttachOptions attach;
  std::vector<std::string> words;
};

Result<int> run(const Globals& globals, const RunArguments& arguments) {
  auto config = TRY(container_config(arguments.create, arguments.words));
  config.detach = arguments.detach;
  auto attach = arguments.attach;
  attach.input = config.interactive;
  auto engine = TRY(open_starting_engine(globals));
  TRY(prepare_to_create(globals, engine, arguments.create.root, config));
  TRY(engine::make_new_pod(engine, config));
  std::string id;
  auto end = TRY(engine.run(config, attach, id));
  if (arguments.detach) TRY(options::print(id + "\n"));
  return end.exit_code.value_or(0);
}

constexpr options::Option kOptions[] = {
    options::flag<&RunArguments::detach>('d', "detach", "Leave the container running, and print its ID"),
};
constexpr options::Option kAttachOptions[] = {
    options::flag<&engine::AttachOptions::signal_proxy>(0, "sig-proxy", "Pass signals on (default true)"),
    options::option<&engine::AttachOptions::detach_keys>(0, "detach-keys", "KEYS",
                                                         "Keys that leave it running (default ctrl-p,ctrl-q)"),
};
constexpr options::Group kOwnGroups[] = {
    options::group(kOptions),
    options::group<&RunArguments::attach>(kAttachOptions),
};
constexpr auto kGroups = create::groups_after<&RunArguments::create>(kOwnGroups);
constexpr options::Example kExamples[] = {
    {"gantry run -it --rm debian bash", "Work in a container that is gone afterwards"},
    {"gantry run -d --name web -v ./site:/srv:ro --memory 256m site", "Leave a server running, with a limit"},
    {"gantry run --rm --mount type=tmpfs,dst=/cache,tmpfs-size=64m busybox df /cache", "Mount a file system in memory"},
    {"gantry run --rm --host-root ls /usr/bin", "Run a program of the host, shut off from everything else"},
};

}  // namespace

constinit const Command kRun = options::command<run>({
    .name = "run",
    .summary = "Run a command in a new container",
    .synopsis = "[OPTIONS] IMAGE [COMMAND [ARG...]]",
    .description =
        "Creates a container from an image, starts a command in it and waits until it ends. Without COMMAND it is the "
        "one that the image names. The exit status is that of the command, 127 if it does not exist, 126 if it cannot "
        "be run, and 125 if the container could not be started.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&RunArguments::words>(
        {.name = "IMAGE", .command_line = true, .first = options::Completes::images}),
});

}  // namespace gantry::cli
