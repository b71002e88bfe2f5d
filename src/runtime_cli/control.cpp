#include "base/file.hpp"
#include "linux/process.hpp"
#include "options/print.hpp"
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

Result<int> state(const Globals& globals, const NameArgument& arguments) {
  TRY(options::print(oci::write_state(TRY(runtime::state(TRY(settings(globals)), arguments.names[0]))) + "\n"));
  return 0;
}

struct KillArguments {
  bool all = false;
  std::vector<std::string> words;
};

Result<int> kill(const Globals& globals, const KillArguments& arguments) {
  int signal = TRY(linux::parse_signal(arguments.words.size() > 1 ? arguments.words[1] : "TERM"));
  TRY(runtime::kill(TRY(settings(globals)), arguments.words[0], signal, arguments.all));
  return 0;
}

constexpr options::Option kKillOptions[] = {
    options::flag<&KillArguments::all>('a', "all", "Send it to every process of the container"),
};
constexpr options::Group kKillGroups[] = {options::group(kKillOptions)};

struct DeleteArguments {
  bool force = false;
  std::vector<std::string> names;
};

Result<int> remove(const Globals& globals, const DeleteArguments& arguments) {
  TRY(runtime::remove(TRY(settings(globals)), arguments.names[0], arguments.force));
  return 0;
}

constexpr options::Option kDeleteOptions[] = {
    options::flag<&DeleteArguments::force>('f', "force", "Kill it first when it runs; a missing one is fine"),
};
constexpr options::Group kDeleteGroups[] = {options::group(kDeleteOptions)};

struct UpdateArguments {
  std::string resources;
  std::vector<std::string> names;
};

Result<int> update(const Globals& globals, const UpdateArguments& arguments) {
  if (arguments.resources.empty())
    return fail(Code::invalid, "there is nothing to change").with_cure("give the new limits with --resources");
  std::string text =
      arguments.resources == "-" ? TRY(read_file("/proc/self/fd/0")) : TRY(read_file(arguments.resources));
  auto resources = TRY(oci::parse_resources(text, arguments.resources));
  TRY(runtime::update(TRY(settings(globals)), arguments.names[0], resources));
  return 0;
}

constexpr options::Option kUpdateOptions[] = {
    options::option<&UpdateArguments::resources>('r', "resources", "PATH", "File with the limits as JSON; -: stdin"),
};
constexpr options::Group kUpdateGroups[] = {options::group(kUpdateOptions)};

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

constinit const Command kState = options::command<state>({
    .name = "state",
    .summary = "Print the state of a container as JSON",
    .synopsis = "CONTAINER",
    .description = "Prints what the OCI runtime specification calls the state: version, id, status, pid, bundle and "
                   "annotations.",
    .words = options::words<&NameArgument::names>(kContainer),
});

constinit const Command kKill = options::command<kill>({
    .name = "kill",
    .summary = "Send a signal to a container",
    .synopsis = "[OPTIONS] CONTAINER [SIGNAL]",
    .description = "Sends SIGTERM, or the given signal by name or number, to the container's first process.",
    .groups = kKillGroups,
    .words = options::words<&KillArguments::words>({.name = "CONTAINER", .least = 1, .most = 2}),
});

constinit const Command kDelete = options::command<remove>({
    .name = "delete",
    .summary = "Delete a container that has ended",
    .synopsis = "[OPTIONS] CONTAINER",
    .description = "Removes the container's cgroup and state, and runs its poststop hooks.",
    .groups = kDeleteGroups,
    .words = options::words<&DeleteArguments::names>(kContainer),
});

constinit const Command kUpdate = options::command<update>({
    .name = "update",
    .summary = "Change the limits of a container",
    .synopsis = "--resources PATH CONTAINER",
    .description = "Applies the 'resources' section of a config to a container that exists.",
    .groups = kUpdateGroups,
    .words = options::words<&UpdateArguments::names>(kContainer),
});

}  // namespace gantry::runtime_cli
