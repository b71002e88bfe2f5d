#pragma once

#include "engine/config.hpp"
#include "engine/engine.hpp"
#include "engine/network_files.hpp"
#include "engine/records.hpp"
#include "net/connections.hpp"
#include "net/network.hpp"

#include <sys/types.h>

#include <string>
#include <vector>

namespace gantry::build {

/// The network of one RUN: the host's, none, one of bridges, or one of a program in user mode, as its config says.
class StepNetwork {
 public:
  /// `id` is the container's. Takes addresses; nothing else has changed.
  static Result<StepNetwork> prepare(const engine::Settings& settings, const engine::ContainerConfig& config,
                                     const std::string& id);

  /// For the files that tell the container of it.
  engine::NetworkFacts facts() const;
  /// Gives the network namespace of a process its devices.
  Result<> connect(pid_t pid) const;
  /// Takes all of it back, from whatever was done. Also in a process that has outlived the step's.
  Result<> release() const;

 private:
  StepNetwork(const engine::Settings& settings, const engine::ContainerConfig& config, const std::string& id);
  bool is_bridge() const { return record_.config.network == "bridge"; }
  Result<> take_addresses();

  engine::Settings settings_;
  engine::Record record_;
  std::vector<net::Network> networks_;
  std::vector<net::Attachment> attachments_;
};

}  // namespace gantry::build
