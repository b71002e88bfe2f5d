#include "cli/commands.hpp"
#include "cli/selection.hpp"
#include "cli/top_view.hpp"

namespace gantry::cli {

namespace {

struct TopArguments {
  bool latest = false;
  std::vector<std::string> words;
};

Result<int> top(const Globals& globals, const TopArguments& arguments) {
  auto engine = TRY(open_engine(globals));
  auto words = arguments.words;
  if (arguments.latest) words.insert(words.begin(), TRY(latest_container(engine)));
  if (words.empty()) return fail(Code::invalid, "no container is named").with_cure("name one, or give --latest");
  return print_processes(TRY(engine.processes(words.front())), {words.begin() + 1, words.end()});
}

constexpr options::Option kOptions[] = {
    options::flag<&TopArguments::latest>('l', "latest", "Of the container that was made last"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};
constexpr options::Example kExamples[] = {
    {"gantry top web", "Show what runs in a container"},
    {"gantry top web pid seccomp args", "Choose the columns"},
    {"gantry top web -o pid,huser,comm", "The same, as ps takes them"},
};

}  // namespace

constinit const Command kTop = options::command<top>({
    .name = "top",
    .summary = "Show the processes of a container",
    .synopsis = "[OPTIONS] CONTAINER [COLUMN...]",
    .description =
        "Shows the processes that run in a container, as the container sees them. The columns are args, capeff, cmd, "
        "comm, etime, group, hgroup, hpid, huser, nice, pcpu, pgid, pid, ppid, rss, seccomp, state, stime, time, tty, "
        "user and vsz, or the codes of ps(1) for them; those with an h are what the host sees.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&TopArguments::words>(
        {.name = "CONTAINER", .command_line = true, .first = options::Completes::running}),
});

}  // namespace gantry::cli
