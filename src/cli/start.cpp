#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "cli/selection.hpp"

namespace gantry::cli {

namespace {

struct StartArguments {
  bool attach = false;
  bool interactive = false;
  engine::AttachOptions how;
  Selection which;
  std::vector<std::string> names;
};

int start_status(const Error& error) { return error.code() == Code::no_command ? 127 : 125; }

Result<int> start(const Globals& globals, const StartArguments& arguments) {
  auto engine = TRY(open_starting_engine(globals));
  const auto names = TRY(selected_containers(engine, arguments.names, arguments.which, Among::resting));
  if (arguments.attach || arguments.interactive) {
    if (names.size() != 1)
      return fail(Code::invalid, "only one container can be attached to").with_cure("start the others without -a");
    auto how = arguments.how;
    how.input = arguments.interactive;
    return TRY(engine.start_attached(names[0], how)).exit_code.value_or(0);
  }
  Outcomes outcomes(&start_status);
  for (const auto& name : names) outcomes(name, engine.start(name));
  return outcomes.status();
}

constexpr options::Option kOptions[] = {
    options::flag<&StartArguments::attach>('a', "attach", "Connect to its output, and wait for its end"),
    options::flag<&StartArguments::interactive>('i', "interactive", "As --attach, and pass stdin on"),
};
constexpr options::Option kAttachOptions[] = {
    options::flag<&engine::AttachOptions::signal_proxy>(0, "sig-proxy", "Pass signals on (default true)"),
    options::option<&engine::AttachOptions::detach_keys>(0, "detach-keys", "KEYS",
                                                         "Keys that leave it running (default ctrl-p,ctrl-q)"),
};
constexpr options::Option kWhich[] = {
    select::all(0, "Start every container that does not run"),
    select::filter('f'),
    select::latest(),
};
constexpr options::Group kGroups[] = {options::group(kOptions), options::group<&StartArguments::how>(kAttachOptions),
                                      options::group<&StartArguments::which>(kWhich)};
constexpr options::Example kExamples[] = {
    {"gantry start web db", "Start two containers"},
    {"gantry start -ai shell", "Start a container and work in it"},
};

}  // namespace

constinit const Command kStart = options::command<start>({
    .name = "start",
    .summary = "Start containers that were made or have ended",
    .synopsis = "[OPTIONS] CONTAINER...",
    .description = "Starts containers with what they were made with. One that runs already is left alone.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&StartArguments::names>(kContainers),
});

}  // namespace gantry::cli
