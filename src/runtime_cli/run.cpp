#include "runtime_cli/foreground.hpp"
#include "runtime_cli/start_options.hpp"

namespace gantry::runtime_cli {

namespace {

struct RunArguments {
  StartOptions start;
  bool detach = false;
  bool keep = false;
  std::vector<std::string> names;
};

Result<int> run(const Globals& globals, const RunArguments& arguments) {
  Fd console;
  runtime::CreateRequest request = TRY(make_request(globals, arguments.names[0], arguments.start, console));
  runtime::Settings settings = TRY(runtime_cli::settings(globals));
  request.start_now = true;
  bool terminal = request.spec.process && request.spec.process->terminal && !console.valid();
  if (terminal && arguments.detach)
    return fail(Code::invalid, "a detached container with a terminal needs somebody to take it")
        .with_cure("use --console-socket");
  Foreground foreground = TRY(Foreground::make(terminal));
  if (terminal) request.console_socket = foreground.console_socket();
  if (!arguments.detach && !arguments.start.no_subreaper) TRY(adopt_orphans());
  pid_t pid = TRY(with_context(runtime::create(settings, request), "run container '{}'", request.id));
  if (arguments.detach) return 0;
  auto code = foreground.serve(pid);
  if (!arguments.keep) TRY(runtime::remove(settings, request.id, true));
  return code;
}

constexpr options::Option kOptions[] = {
    options::flag<&RunArguments::detach>('d', "detach", "Return once the container runs"),
    options::flag<&RunArguments::keep>(0, "keep", "Do not delete the container when it ends"),
};
constexpr options::Group kGroups[] = {options::group<&RunArguments::start>(kStartOptions), options::group(kOptions)};
constexpr options::Example kExamples[] = {{"gantry-runtime run --bundle /srv/web web", "Run a container to its end"}};

}  // namespace

constinit const Command kRun = options::command<run>({
    .name = "run",
    .summary = "Create and start a container, and delete it when it ends",
    .synopsis = "[OPTIONS] CONTAINER",
    .description = "Runs the container that the bundle's config.json describes. Signals are passed on, and the exit "
                   "status is that of its process. With --detach it stays until it is deleted.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&RunArguments::names>(kContainer),
});

}  // namespace gantry::runtime_cli
