#pragma once

#include "base/clock.hpp"
#include "build/context.hpp"
#include "build/graph.hpp"
#include "engine/config.hpp"
#include "engine/engine.hpp"
#include "runtime/runtime.hpp"
#include "store/store.hpp"

#include <map>
#include <string>
#include <vector>

namespace gantry::build {

/// What RUN may have, and no layer, cache or history ever.
struct Secrets {
  std::map<std::string, std::string> values;       ///< by id
  std::map<std::string, std::string> ssh_sockets;  ///< of agents, by id
};

/// What the steps of a build have in common.
struct Settings {
  const store::Store& store;
  runtime::Settings runtime;
  engine::Settings engine;            ///< whose networks RUN has
  engine::ContainerConfig container;  ///< what every RUN has: capabilities, volumes, limits, its network unless it says
  std::vector<std::string> add_hosts;  ///< lines of /etc/hosts
  Secrets secrets;
  Timestamp time = 0;            ///< of all that is made; no file in a layer is younger
  std::string caches;            ///< folder of RUN --mount=type=cache
  bool limits = true;            ///< cgroups can be used
  bool allows_insecure = false;  ///< RUN --security=insecure
};

/// What is there when a step begins.
struct Situation {
  const Settings& settings;
  const Graph& graph;
  const std::vector<std::vector<oci::Digest>>& layers;  ///< of the nodes that are done, the base first
  const std::vector<Context>& contexts;
};

}  // namespace gantry::build
