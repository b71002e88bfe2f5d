#include "base/text.hpp"
#include "dockerfile/patterns.hpp"
#include "dockerfile/show.hpp"
#include "task/document.hpp"
#include "task/taskfile.hpp"

#include <fmt/format.h>

namespace gantry::task {

namespace {

using dockerfile::quoted;

/// One task as instructions: variables, folder, files, command.
class TaskStage {
 public:
  TaskStage(const Taskfile& file, const Task& task, std::string base) : file_(file), task_(task) {
    stage_.from = {std::move(base), "", stage_of(task)};
    stage_.keyword = "FROM";
    stage_.text = "FROM " + stage_.from.image + " AS " + stage_.from.name;
    stage_.at = stage_.image_at = stage_.name_at = {task.line, 1, 1};
    stage_.last_line = task.line;
  }

  Result<dockerfile::Stage> make(const std::map<std::string, std::string>& environment) {
    TRY(add_environment(environment));
    add("USER", "root", dockerfile::User{"root"});
    add("WORKDIR", task_.location, dockerfile::Workdir{literal(task_.location)});
    for (const auto& path : task_.input_paths) add_input(path);
    add("USER", task_.user, dockerfile::User{literal(task_.user)});
    if (!task_.command.empty()) {
      stage_.instructions.push_back(run_of(task_.line, {"/bin/sh", "-c", task_.command}, {}));
    }
    return std::move(stage_);
  }

 private:
  void add(std::string keyword, std::string text, dockerfile::Operation operation) {
    stage_.instructions.push_back(instruction(task_.line, std::move(keyword), std::move(text), std::move(operation)));
  }

  Result<> add_environment(const std::map<std::string, std::string>& environment) {
    std::vector<std::pair<std::string, std::string>> values;
    for (const auto& [name, otherwise] : task_.environment) {
      const auto given = environment.find(name);
      if (given == environment.end() && !otherwise) {
        return dockerfile::error_at(file_.file, file_.source, {task_.line, 1, 1},
                                    fmt::format("the task {} needs the variable {}", quoted(task_.name), quoted(name)),
                                    fmt::format("set it in the environment: {}=VALUE gantry task", name));
      }
      values.emplace_back(name, given == environment.end() ? *otherwise : given->second);
    }
    if (!values.empty()) stage_.instructions.push_back(env_of(task_.line, values));
    return {};
  }

  /// A path keeps its place: src/a is copied to LOCATION/src/a.
  void add_input(const std::string& path) {
    const auto cleaned = dockerfile::clean_path(path);
    dockerfile::Copy copy;
    copy.transfer.sources = {literal(cleaned)};
    copy.transfer.target = literal(cleaned == "." ? task_.location : task_.location + "/" + cleaned);
    copy.transfer.chown = literal(task_.user);
    for (const auto& excluded : task_.excluded_input_paths) add_excluded(cleaned, excluded, copy.transfer.excludes);
    std::string shown = cleaned + " " + copy.transfer.target;
    add("COPY", std::move(shown), std::move(copy));
  }

  /// Excluded paths are named from the file's folder, patterns of a COPY from its source.
  static void add_excluded(const std::string& source, const std::string& path, std::vector<std::string>& excludes) {
    const auto cleaned = dockerfile::clean_path(path);
    if (source == ".") excludes.push_back(literal(cleaned));
    else if (cleaned.starts_with(source + "/")) excludes.push_back(literal(cleaned.substr(source.size() + 1)));
    else if (cleaned == source) excludes.emplace_back("**");
  }

  const Taskfile& file_;
  const Task& task_;
  dockerfile::Stage stage_;
};

}  // namespace

std::string stage_of(const Task& task) { return "task-" + to_lower(task.name); }

Result<dockerfile::Dockerfile> stages_of(const Taskfile& file, const std::vector<const Task*>& tasks,
                                         const std::map<std::string, std::string>& environment) {
  dockerfile::Dockerfile made;
  made.file = file.file;
  made.source = file.source;
  auto base = literal(file.image);
  for (const auto* task : tasks) {
    made.stages.push_back(TRY(TaskStage(file, *task, base).make(environment)));
    base = stage_of(*task);
  }
  return made;
}

}  // namespace gantry::task
