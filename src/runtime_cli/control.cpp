#include "runtime_cli/context.hpp"

namespace gantry::runtime_cli {

namespace {

struct NameArgument {
  std::vector<std::string> names;
};

Result<int> start(const Globals& globals, const NameArgument& arguments) {
  TRY(runtime::start(TRY(settings(globals)), arguments.names[0]));
  return 0;
}

Result<int> pause(const Globals& globals, const NameArgument& arguments) {
  TRY(runtime::pause(TRY(settings(globals)), arguments.names[0]));
  return 0;
}

Result<int> resume(const Globals& globals, const NameArgument& arguments) {
  TRY(runtime::resume(TRY(settings(globals)), arguments.names[0]));
  return 0;
}

}  // namespace

constinit const Command kStart = options::command<start>({
    .name = "start",
    .summary = "Start a created container",
    .synopsis = "CONTAINER",
    .description = "Lets the process of a created container go, and returns when it runs.",
    .words = options::words<&NameArgument::names>(kContainer),
});

constinit const Command kPause = options::command<pause>({
    .name = "pause",
    .summary = "Stop all processes of a container for a while",
    .synopsis = "CONTAINER",
    .description = "Freezes the container's cgroup.",
    .words = options::words<&NameArgument::names>(kContainer),
});

constinit const Command kResume = options::command<resume>({
    .name = "resume",
    .summary = "Let a paused container go on",
    .synopsis = "CONTAINER",
    .description = "Thaws the container's cgroup.",
    .words = options::words<&NameArgument::names>(kContainer),
});

}  // namespace gantry::runtime_cli
