#pragma once

#include "build/cache_key.hpp"
#include "build/observer.hpp"
#include "build/situation.hpp"
#include "build/step_cache.hpp"
#include "transfer/task.hpp"

#include <list>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace gantry::build {

/// A step that has failed: what a build ends with.
struct Failure {
  NodeId node = 0;
  int status = 0;      ///< of its command, as a shell shows it; 0: it was no command
  std::string reason;  ///< one sentence
  std::string log;     ///< the last lines of what it printed
};

/// Does the steps of a graph, those that do not need one another at the same time, each in a process of its own. What
/// the cache has is not done again.
class Scheduler {
 public:
  /// `imported`: what caches elsewhere have.
  Scheduler(const Settings& settings, const Graph& graph, std::vector<Context>& contexts, const ImportedSteps& imported,
            Observer& observer)
      : settings_(settings), graph_(graph), contexts_(contexts), imported_(imported), observer_(observer) {}

  /// Makes these nodes and what they need, `jobs` at a time. Nothing: all is well.
  Result<std::optional<Failure>> run(const std::set<NodeId>& wanted, std::size_t jobs);

  /// The layers of a node that is done, the base first.
  const std::vector<oci::Digest>& layers(NodeId node) const { return layers_[node]; }
  /// Whether its steps have changed a file.
  bool has_layer(NodeId node) const;
  /// What other machines can be told of a node that is done; nothing of what they could not know it by.
  std::optional<CachedStep> cached_step(NodeId node) const;

 private:
  enum class State { unneeded, waiting, running, done };
  struct Running {
    NodeId node = 0;
    oci::Digest key;
    transfer::Task task;
    Fd output;
    std::string log = {};
    std::int64_t begun = 0;
  };

  void choose(NodeId node);
  bool is_ready(NodeId node) const;
  Result<> begin_ready(std::size_t jobs);
  Result<> begin(NodeId node);
  bool take_cached(NodeId node, const oci::Digest& key);
  Result<> start(NodeId node, const oci::Digest& key);
  Result<Performed> perform_or_fetch(NodeId node, const ImportedSteps::Found* found, const Fd& out) const;
  Result<> wait();
  static void drain(Running& running, Observer& observer);
  Result<> finish(std::list<Running>::iterator running);
  void fail_step(const Running& running, int status, std::string reason);
  void set_done(NodeId node, const oci::Digest& layer);
  Situation situation() const { return {settings_, graph_, layers_, contexts_}; }

  const Settings& settings_;
  const Graph& graph_;
  std::vector<Context>& contexts_;
  const ImportedSteps& imported_;
  Observer& observer_;
  std::vector<State> states_;
  std::vector<std::vector<oci::Digest>> layers_;
  std::vector<StepKey> keys_;  ///< of nodes with steps that were begun
  std::list<Running> running_;
  std::optional<Failure> failure_;
};

}  // namespace gantry::build
