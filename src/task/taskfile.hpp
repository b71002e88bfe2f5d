#pragma once

#include "base/result.hpp"
#include "dockerfile/ast.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Files of tasks, as Toast has them (github.com/stepchowfun/toast, "Toastfile reference"): what is run in containers,
// one after the other, each in what the ones before it left.

namespace gantry::task {

struct Task {
  std::string name;
  std::string description;
  std::vector<std::string> dependencies;  ///< names, sorted
  bool is_cached = true;
  std::vector<std::pair<std::string, std::optional<std::string>>> environment;  ///< nullopt: it must be given
  std::vector<std::string> input_paths;                                         ///< in the folder of the file
  std::vector<std::string> excluded_input_paths;
  std::vector<std::string> output_paths;  ///< below `location`, copied to the folder of the file
  std::string location;                   ///< absolute path in the container
  std::string user;
  std::string command;  ///< with the prefix; empty: nothing is run
  int line = 0;
};

struct Taskfile {
  std::string file;
  std::string source;
  std::string image;
  std::optional<std::string> default_task;  ///< nullopt: all
  std::vector<Task> tasks;                  ///< sorted by their names

  const Task* find(std::string_view name) const;
};

/// Code::unsupported for what needs the host while it runs: mount_paths, ports, extra_docker_arguments, and outputs of
/// tasks that fail.
Result<Taskfile> parse_taskfile(std::string_view text, std::string_view file);

/// The tasks of these names, all when there are none and the file has no default, with those they depend on before
/// them: depth first by name, so that the order of a file or a command line changes nothing. Code::not_found for an
/// unknown name, Code::invalid for tasks that wait for each other.
Result<std::vector<const Task*>> schedule(const Taskfile& file, std::vector<std::string> names);

/// The schedule as a Dockerfile: a stage for each task, FROM the one before. Variables come from `environment` before
/// their defaults. Code::invalid for one that has neither.
Result<dockerfile::Dockerfile> stages_of(const Taskfile& file, const std::vector<const Task*>& tasks,
                                         const std::map<std::string, std::string>& environment);
/// The name of a task's stage.
std::string stage_of(const Task& task);

}  // namespace gantry::task
