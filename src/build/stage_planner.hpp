#pragma once

#include "build/image_config.hpp"
#include "build/plan.hpp"
#include "dockerfile/expand.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gantry::build {

/// Finds where a COPY or a mount takes files from: a stage, an image, a context.
using FindOrigin = std::function<Result<FileOrigin>(const std::string& name)>;

/// What ADD has fetched from elsewhere.
struct FetchedFiles {
  FileOrigin origin;
  std::string path;  ///< in it
  bool is_git = false;
};
using FetchRemote = std::function<Result<FetchedFiles>(const RemoteSource& source)>;

/// One stage, instruction by instruction: changes its config, and adds nodes to the graph for those that make files.
class StagePlanner {
 public:
  struct Setting {
    const Request& request;
    const dockerfile::Stage& stage;
    const dockerfile::Globals& globals;
    std::string name;  ///< of the stage, or its number
    Timestamp time = 0;
    FindOrigin find_origin;
    FetchRemote fetch;
  };
  /// `base`: what the stage begins with. All outlives it.
  StagePlanner(const Setting& setting, ImagePlan base, Graph& graph);

  Result<ImagePlan> run();

 private:
  Result<> run_triggers();
  Result<> take(const dockerfile::Instruction& written);
  Result<> take_step(const dockerfile::Instruction& instruction);
  Result<Step> make_run(const dockerfile::Run& run);
  Result<> set_command(const dockerfile::Command& command, RunStep& step) const;
  Result<Step> make_copy(const dockerfile::Transfer& transfer, const std::string& from);
  Result<std::vector<Step>> make_add(const dockerfile::Add& add);
  Result<Step> make_fetched(const dockerfile::Add& add, const std::string& source);
  std::string absolute(const std::string& path) const;
  void add_steps(std::vector<Step> steps, const dockerfile::Instruction& instruction);
  void note(const dockerfile::Instruction& instruction);
  void finish_batch();
  Error at(const dockerfile::Instruction& instruction, Error error) const;
  bool uses_cache() const;

  const Setting& setting_;
  ImagePlan plan_;
  Graph& graph_;
  ImageConfigEditor editor_;
  dockerfile::StageScope scope_;
  std::optional<Node> batch_;  ///< steps that become one layer
  std::size_t noted_ = 0;      ///< where the history speaks of the last of them
};

}  // namespace gantry::build
