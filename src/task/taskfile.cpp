#include "task/taskfile.hpp"

#include "base/text.hpp"
#include "dockerfile/show.hpp"
#include "task/document.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gantry::task {

namespace {

using dockerfile::quoted;
using yaml::Node;

constexpr std::string_view kFileKeys[] = {"image", "default", "location", "user", "command_prefix", "tasks"};
constexpr std::string_view kTaskKeys[] = {"description",    "dependencies",
                                          "cache",          "environment",
                                          "input_paths",    "excluded_input_paths",
                                          "output_paths",   "output_paths_on_failure",
                                          "mount_paths",    "mount_readonly",
                                          "ports",          "location",
                                          "user",           "command",
                                          "command_prefix", "extra_docker_arguments"};

/// What a task has when it does not say it.
struct Defaults {
  std::string location = "/scratch";
  std::string user = "root";
  std::string command_prefix;
};

Result<> refuse_host(const Document& document, const Node& node) {
  TRY(document.refuse(node, "mount_paths", "is not read: a task sees copies of the host's files",
                      "name them in input_paths, or run the image with gantry run -v"));
  TRY(document.refuse(node, "mount_readonly", "belongs to mount_paths, which is not read", "drop it"));
  TRY(document.refuse(node, "ports", "is not read: a task serves nobody", "run the image with gantry run -p"));
  TRY(document.refuse(node, "output_paths_on_failure", "is not read: a task that fails leaves nothing",
                      "let the command succeed and say how it went in a file"));
  return document.refuse(node, "extra_docker_arguments", "is not read", "drop it");
}

Result<> check_inside(const Document& document, const Node& node, const std::vector<std::string>& paths) {
  for (const auto& path : paths) {
    const auto parts = split(path, '/');
    if (!path.starts_with('/') && std::ranges::find(parts, "..") == parts.end()) continue;
    return document.error(node, quoted(path) + " is outside of the file's folder", "name a path below it");
  }
  return {};
}

Result<Task> read_task(const Document& document, const Node& node, const Defaults& defaults) {
  if (node.kind != Node::Kind::map)
    return document.error(node, quoted(node.key) + " is no task", "write command: below it");
  TRY(document.only(node, "a task", kTaskKeys));
  TRY(refuse_host(document, node));
  Task task;
  task.name = node.key;
  task.line = node.line;
  task.description = TRY(document.text(node, "description")).value_or("");
  task.dependencies = TRY(document.texts(node, "dependencies"));
  std::ranges::sort(task.dependencies);
  task.is_cached = TRY(document.flag(node, "cache", true));
  task.environment = TRY(document.pairs(node, "environment"));
  task.input_paths = TRY(document.texts(node, "input_paths"));
  task.excluded_input_paths = TRY(document.texts(node, "excluded_input_paths"));
  task.output_paths = TRY(document.texts(node, "output_paths"));
  TRY(check_inside(document, node, task.input_paths));
  TRY(check_inside(document, node, task.output_paths));
  task.location = TRY(document.text(node, "location")).value_or(defaults.location);
  task.user = TRY(document.text(node, "user")).value_or(defaults.user);
  task.command = TRY(document.text(node, "command")).value_or("");
  const auto prefix = TRY(document.text(node, "command_prefix")).value_or(defaults.command_prefix);
  if (!task.command.empty() && !prefix.empty()) task.command = prefix + "\n" + task.command;
  if (!task.location.starts_with('/')) {
    return document.error(node, "the location " + quoted(task.location) + " is not absolute", "begin it with '/'");
  }
  return task;
}

class Scheduler {
 public:
  explicit Scheduler(const Taskfile& file) : file_(file) {}

  Result<> add(const std::string& name, const Task* wanted_by) {
    const auto* task = file_.find(name);
    if (!task) return missing(name, wanted_by);
    if (std::ranges::find(done_, task) != done_.end()) return {};
    if (std::ranges::find(open_, task) != open_.end()) {
      return dockerfile::error_at(file_.file, file_.source, {task->line, 1, 1},
                                  quoted(name) + " waits for itself, through its dependencies", "take one of them out");
    }
    open_.push_back(task);
    for (const auto& dependency : task->dependencies) TRY(add(dependency, task));
    open_.pop_back();
    done_.push_back(task);
    return {};
  }
  std::vector<const Task*> take() { return std::move(done_); }

 private:
  Error missing(const std::string& name, const Task* wanted_by) const {
    std::vector<std::string_view> names;
    for (const auto& task : file_.tasks) names.push_back(task.name);
    const auto cure = dockerfile::did_you_mean(name, names, "--list shows the tasks");
    if (!wanted_by) {
      return fail(Code::not_found, "{} has no task {}", dockerfile::printable(file_.file), quoted(name))
          .with_cure(cure);
    }
    return dockerfile::error_at(
               file_.file, file_.source, {wanted_by->line, 1, 1},
               fmt::format("{} depends on {}, which is no task", quoted(wanted_by->name), quoted(name)), cure)
        .with_code(Code::not_found);
  }

  const Taskfile& file_;
  std::vector<const Task*> open_;
  std::vector<const Task*> done_;
};

}  // namespace

const Task* Taskfile::find(std::string_view name) const {
  const auto found = std::ranges::find(tasks, name, &Task::name);
  return found == tasks.end() ? nullptr : &*found;
}

Result<Taskfile> parse_taskfile(std::string_view text, std::string_view file) {
  const auto root = TRY(read_map(text, file));
  const Document document{file, text};
  TRY(document.only(root, "the file", kFileKeys));
  Taskfile taskfile;
  taskfile.file = file;
  taskfile.source = text;
  taskfile.image = TRY(document.text(root, "image")).value_or("");
  if (taskfile.image.empty()) return fail(Code::invalid, "{} has no image", file).with_cure("write image: NAME");
  taskfile.default_task = TRY(document.text(root, "default"));
  Defaults defaults;
  defaults.location = TRY(document.text(root, "location")).value_or(defaults.location);
  defaults.user = TRY(document.text(root, "user")).value_or(defaults.user);
  defaults.command_prefix = TRY(document.text(root, "command_prefix")).value_or("");
  const auto* tasks = root.find("tasks");
  if (!tasks || tasks->kind != Node::Kind::map)
    return fail(Code::invalid, "{} has no tasks", file).with_cure("write tasks:");
  for (const auto& node : tasks->items) taskfile.tasks.push_back(TRY(read_task(document, node, defaults)));
  std::ranges::sort(taskfile.tasks, {}, &Task::name);
  return taskfile;
}

Result<std::vector<const Task*>> schedule(const Taskfile& file, std::vector<std::string> names) {
  if (names.empty() && file.default_task) names.push_back(*file.default_task);
  if (names.empty()) {
    for (const auto& task : file.tasks) names.push_back(task.name);
  }
  std::ranges::sort(names);
  Scheduler scheduler(file);
  for (const auto& name : names) TRY(scheduler.add(name, nullptr));
  return scheduler.take();
}

}  // namespace gantry::task
