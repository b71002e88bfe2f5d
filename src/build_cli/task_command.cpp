#include "task/taskfile.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "build/copier.hpp"
#include "build/job.hpp"
#include "build/workspace.hpp"
#include "build_cli/build_options.hpp"
#include "build_cli/builder.hpp"
#include "build_cli/commands.hpp"
#include "build_cli/failure.hpp"
#include "build_cli/fetch.hpp"
#include "build_cli/progress.hpp"
#include "options/print.hpp"
#include "report/table.hpp"

#include <unistd.h>

#include <limits>

namespace gantry::build_cli {

namespace {

constexpr const char* kFile = "toast.yml";

struct TaskArguments {
  std::string file = kFile;
  bool lists = false, no_cache = false;
  std::vector<std::string> forced;
  std::string progress;
  BuildRunOptions run;
  std::vector<std::string> words;
};

std::map<std::string, std::string> environment() {
  std::map<std::string, std::string> variables;
  for (char** word = environ; *word != nullptr; ++word) {
    const auto [name, value, found] = cut(*word, '=');
    if (found) variables.emplace(name, value);
  }
  return variables;
}

Result<int> list_tasks(const task::Taskfile& file) {
  report::Table table;
  table.add({"TASK", "DEPENDS ON", "DESCRIPTION"});
  for (const auto& one : file.tasks) table.add({one.name, join(one.dependencies, " "), one.description});
  TRY(options::print(table.text()));
  return 0;
}

/// The tasks of one command, in the user namespace that the store takes.
class TaskRun {
 public:
  TaskRun(const Builder& builder, const TaskArguments& arguments, const task::Taskfile& file)
      : builder_(builder), arguments_(arguments), file_(file) {}

  Result<int> run() {
    const auto tasks = TRY(task::schedule(file_, arguments_.words));
    if (tasks.empty()) return 0;
    const auto stages = TRY(task::stages_of(file_, tasks, environment()));
    TRY(builder_.store.sweep());
    const Lock used = TRY(builder_.store.use());
    const auto job = TRY(make_job(stages, tasks));
    const auto settings = TRY(make_settings(builder_, TRY(read_run_options(arguments_.run, {}, {}))));
    auto observer = TRY(make_observer(arguments_.progress, false));
    const auto built = TRY(build::build(settings, job, *observer));
    observer.reset();
    if (built.failure) return show_failure(built, stages);
    for (const auto* one : tasks) TRY(with_context(bring_outputs(*one, built), "task '{}'", one->name));
    return 0;
  }

 private:
  Result<build::Job> make_job(const dockerfile::Dockerfile& stages, const std::vector<const task::Task*>& tasks) {
    folder_ = TRY(absolute_path(arguments_.file));
    folder_.erase(folder_.rfind('/'));
    build::Job job{.sources = {.context = folder_, .dockerfile = {}, .ignore_file = {}}, .request = {.file = stages}};
    job.request.context = folder_;
    job.request.target = task::stage_of(*tasks.back());
    job.request.no_cache = arguments_.no_cache;
    for (const auto* one : tasks)
      if (!one->is_cached) job.request.uncached_stages.insert(task::stage_of(*one));
    for (const auto& name : arguments_.forced) {
      const auto* one = file_.find(name);
      if (one == nullptr) return fail(Code::not_found, "--force {}: there is no such task", name);
      job.request.uncached_stages.insert(task::stage_of(*one));
    }
    job.platforms = {oci::host_platform()};
    job.fetch = fetcher(builder_.globals, builder_.folders);
    job.fetch_file = fetch_file;
    return job;
  }

  /// As they are after the task, whatever those behind it do.
  Result<> bring_outputs(const task::Task& one, const build::Built& built) const {
    const auto tree = built.stages.find(task::stage_of(one));
    if (one.output_paths.empty() || tree == built.stages.end()) return {};
    const Fd from = TRY(build::open_tree(builder_.store, tree->second));
    const Fd to = TRY(open_folder(folder_));
    const build::CopyRules rules{
        .owner = build::Owner{}, .chmod = {}, .time = std::numeric_limits<Timestamp>::max(), .has_times_of_own = true};
    build::Copier copier(from, to, rules);
    for (const auto& path : one.output_paths) {
      const std::string place = path.starts_with('/') ? path : one.location + "/" + path;
      for (const auto& match : TRY(build::find_sources(from, place, {}))) TRY(copier.put(match, "/" + path, false));
    }
    return copier.finish();
  }

  const Builder& builder_;
  const TaskArguments& arguments_;
  const task::Taskfile& file_;
  std::string folder_;
};

Result<int> run_tasks(const options::Globals& globals, const TaskArguments& arguments) {
  const auto file = TRY(task::parse_taskfile(TRY(read_file(arguments.file)), arguments.file));
  if (arguments.lists) return list_tasks(file);
  return with_builder(globals, [&](const Builder& builder) -> Result<int> {
    return show_excerpt(TaskRun(builder, arguments, file).run());
  });
}

constexpr options::Option kOptions[] = {
    options::option<&TaskArguments::file>('f', "file", "PATH", "The file of tasks; toast.yml by default")
        .completing(options::Completes::files),
    options::flag<&TaskArguments::lists>('l', "list", "List the tasks"),
    options::flag<&TaskArguments::no_cache>(0, "no-cache", "Run every task anew"),
    options::option<&TaskArguments::forced>(0, "force", "TASK", "Run this task anew, and what depends on it"),
    options::option<&TaskArguments::progress>(0, "progress", "auto|plain|tty|json|none", "How progress is shown"),
};
constexpr options::Group kGroups[] = {options::group(kOptions),
                                      options::group<&TaskArguments::run>(kBuildRun, "How tasks run")};
constexpr options::Example kExamples[] = {
    {"gantry task", "Run the default task of toast.yml, or all of them"},
    {"gantry task --force test lint test", "Run two tasks with what they depend on, one of them in any case"},
};

}  // namespace

constinit const Command kTask = options::command<run_tasks>({
    .name = "task",
    .summary = "Run the tasks of a file, each in a container",
    .synopsis = "[OPTIONS] [TASK...]",
    .description = "Files of tasks as Toast has them: an image, and commands with the files that they take and make. "
                   "Each task runs in "
                   "what those before it left; one whose command, variables and input files have not changed is not "
                   "run again. The "
                   "files that tasks make are copied to the folder of the file.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&TaskArguments::words>({.name = "TASK"}),
});

}  // namespace gantry::build_cli
