#include "runtime_cli/foreground.hpp"
#include "runtime_cli/start_options.hpp"

namespace gantry::runtime_cli {

namespace {

struct RunArguments {
  BundleOptions bundle;
  StartOptions start;
  bool detach = false;
  bool keep = false;
  std::vector<std::string> names;
};

Result<int> run(const Globals& globals, const RunArguments& arguments) {
  Fd console;
  runtime::CreateRequest request = TRY(make_request(globals, arguments.names[0], arguments.bundle, console));
  TRY(apply_start_options(arguments.start, request));
  runtime::Settings settings = TRY(runtime_cli::settings(globals));
  request.start_now = true;
  RunMode mode{.detach = arguments.detach, .keep = arguments.keep, .adopt = !arguments.bundle.no_subreaper};
  return run_container(settings, request, mode, [&] {
    return with_context(runtime::create(settings, request), "run container '{}'", request.id);
  });
}

constexpr options::Option kOptions[] = {
    options::flag<&RunArguments::detach>('d', "detach", "Return once the container runs"),
    options::flag<&RunArguments::keep>(0, "keep", "Do not delete the container when it ends"),
};
constexpr options::Group kGroups[] = {options::group<&RunArguments::bundle>(kBundleOptions),
                                      options::group<&RunArguments::start>(kStartOptions), options::group(kOptions)};
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
