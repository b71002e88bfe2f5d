#include "base/text.hpp"
#include "build/copy_step.hpp"
#include "build/perform.hpp"
#include "build/run_step.hpp"
#include "build_cli/build_options.hpp"
#include "build_cli/builder.hpp"
#include "build_cli/commands.hpp"
#include "edit/config_changes.hpp"
#include "linux/path.hpp"
#include "options/print.hpp"
#include "transfer/task.hpp"

#include <unistd.h>

// `gantry builder run`, `copy`, `add`: steps in working containers.

namespace gantry::build_cli {

namespace {

using build::WorkingContainer;

/// Does a step of a working container in a process of its own, as a build does. Returns the status of its command.
Result<int> do_step(const Builder& builder, const WorkingContainer& container, const build::Settings& settings,
                    const build::Graph& graph, const build::Step& step) {
  std::vector<build::Context> contexts;
  for (const auto& folder : graph.contexts) contexts.push_back(TRY(build::Context::open(folder.path, {}, "")));
  const std::vector<std::vector<oci::Digest>> layers(graph.nodes.size());
  auto task = TRY(transfer::Task::start([&]() -> Result<std::string> {
    const build::Situation situation{settings, graph, layers, contexts};
    const auto place = TRY(container.workspace(builder.store, builder.folders.run_root));
    if (const auto* copy = std::get_if<build::CopyStep>(&step)) {
      TRY(build::copy_step(*copy, situation, place));
      return std::string("0");
    }
    const Fd out(STDOUT_FILENO);
    return std::to_string(TRY(build::run_step(std::get<build::RunStep>(step), situation, place, out)).code);
  }));
  return static_cast<int>(TRY(parse_unsigned(TRY(task.finish()))));
}

struct BuilderRunArguments {
  BuildRunOptions run;
  std::vector<std::string> env;
  std::string user, workdir;
  std::vector<std::string> words;
};

Result<int> run_run(const options::Globals& globals, const BuilderRunArguments& arguments) {
  return with_builder(globals, [&](const Builder& builder) -> Result<int> {
    const auto given = TRY(read_run_options(arguments.run, {}, {}));
    auto container = TRY(WorkingContainer::find(builder.store, arguments.words.front()));
    const auto config = TRY(container.config()).config;
    build::RunStep step;
    step.argv.assign(arguments.words.begin() + 1, arguments.words.end());
    step.env = config.env;
    step.env.insert(step.env.end(), arguments.env.begin(), arguments.env.end());
    step.user = arguments.user.empty() ? config.user : arguments.user;
    step.workdir = !arguments.workdir.empty() ? arguments.workdir : config.working_dir;
    if (step.workdir.empty()) step.workdir = "/";
    const auto settings = TRY(make_settings(builder, given));
    const int status = TRY(do_step(builder, container, settings, {}, step));
    if (status == 0) TRY(note_step(container, join(step.argv, " ")));
    return status;
  });
}

struct BuilderCopyArguments {
  std::string chown, chmod;
  std::vector<std::string> excludes;
  std::vector<std::string> words;
};

/// The sources may be anywhere on the host: their context is its root.
Result<int> copy(const options::Globals& globals, const BuilderCopyArguments& arguments, bool unpacks) {
  return with_builder(globals, [&](const Builder& builder) -> Result<int> {
    auto container = TRY(WorkingContainer::find(builder.store, arguments.words.front()));
    const auto config = TRY(container.config()).config;
    build::Graph graph;
    graph.contexts.push_back({.name = "", .path = "/"});
    build::CopyStep step;
    step.origin.context = 0;
    step.unpacks = unpacks;
    step.chown = arguments.chown;
    step.chmod = arguments.chmod;
    step.excludes = arguments.excludes;
    const auto& words = arguments.words;
    // As buildah: one word alone goes to the working directory.
    const std::string target = words.size() > 2 ? words.back() : "./";
    step.target = target.starts_with('/') ? target : config.working_dir + "/" + target;
    const std::size_t sources = words.size() > 2 ? words.size() - 2 : 1;
    for (std::size_t i = 0; i < sources; ++i) step.sources.push_back(TRY(absolute_path(words[i + 1])));
    const auto settings = TRY(make_settings(builder, {}));
    TRY(do_step(builder, container, settings, graph, step));
    TRY(note_step(container, fmt::format("{} {}", unpacks ? "ADD" : "COPY", join(words, " "))));
    return 0;
  });
}

Result<int> run_copy(const options::Globals& globals, const BuilderCopyArguments& arguments) {
  return copy(globals, arguments, false);
}
Result<int> run_add(const options::Globals& globals, const BuilderCopyArguments& arguments) {
  return copy(globals, arguments, true);
}

constexpr options::Option kRunOptions[] = {
    options::option<&BuilderRunArguments::env>('e', "env", "NAME=VALUE", "Set a variable for this command"),
    options::option<&BuilderRunArguments::user>('u', "user", "USER[:GROUP]", "Run as this user"),
    options::option<&BuilderRunArguments::workdir>(0, "workingdir", "PATH", "Run in this folder"),
};
constexpr options::Group kRunGroups[] = {options::group(kRunOptions),
                                         options::group<&BuilderRunArguments::run>(kBuildRun, "What it may do")};
constexpr options::Option kCopyOptions[] = {
    options::option<&BuilderCopyArguments::chown>(0, "chown", "USER[:GROUP]", "Give the files to this user"),
    options::option<&BuilderCopyArguments::chmod>(0, "chmod", "MODE", "Give the files this mode"),
    options::option<&BuilderCopyArguments::excludes>(0, "exclude", "PATTERN", "Leave these files out"),
};
constexpr options::Group kCopyGroups[] = {options::group(kCopyOptions)};

}  // namespace

constinit const Command kBuilderRun = options::command<run_run>({
    .name = "run",
    .summary = "Run a command in a working container",
    .synopsis = "[OPTIONS] CONTAINER COMMAND [ARG...]",
    .description = "The command's status is that of this one. What it writes stays in the container.",
    .groups = kRunGroups,
    .words = options::words<&BuilderRunArguments::words>({.name = "COMMAND", .least = 2, .command_line = true}),
});
constinit const Command kBuilderCopy = options::command<run_copy>({
    .name = "copy",
    .summary = "Copy files of the host into a working container",
    .synopsis = "[OPTIONS] CONTAINER SOURCE... [TARGET]",
    .description = "As COPY of a Dockerfile does. Files belong to root unless --chown says otherwise.",
    .groups = kCopyGroups,
    .words =
        options::words<&BuilderCopyArguments::words>({.name = "SOURCE", .least = 2, .rest = options::Completes::files}),
});
constinit const Command kBuilderAdd = options::command<run_add>({
    .name = "add",
    .summary = "Copy files of the host into a working container, and unpack archives",
    .synopsis = "[OPTIONS] CONTAINER SOURCE... [TARGET]",
    .description = "As ADD of a Dockerfile does with local files.",
    .groups = kCopyGroups,
    .words =
        options::words<&BuilderCopyArguments::words>({.name = "SOURCE", .least = 2, .rest = options::Completes::files}),
});

}  // namespace gantry::build_cli
