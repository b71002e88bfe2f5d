#pragma once

#include "base/json_options.hpp"
#include "engine/config_isolation.hpp"
#include "engine/config_life.hpp"
#include "engine/config_network.hpp"
#include "engine/config_process.hpp"
#include "engine/config_resources.hpp"
#include "engine/config_root.hpp"
#include "engine/config_storage.hpp"

#include <boost/describe/class.hpp>

#include <string>
#include <vector>

namespace gantry::engine {

/// What `gantry create` and `run` were asked for. Engine::create completes it with the image's defaults (see
/// complete()) and keeps it for the container's life, as one JSON object with the members of all parts. What is left
/// out of it is empty or false, so no flag defaults to true and no text that may be empty has a default.
struct ContainerConfig : RootConfig,
                         ProcessConfig,
                         LifeConfig,
                         StorageConfig,
                         NetworkConfig,
                         ResourceConfig,
                         NamespaceConfig,
                         SecurityConfig {
  bool operator==(const ContainerConfig&) const = default;
};
BOOST_DESCRIBE_STRUCT(ContainerConfig,
                      (RootConfig, ProcessConfig, LifeConfig, StorageConfig, NetworkConfig, ResourceConfig,
                       NamespaceConfig, SecurityConfig),
                      ())
constexpr json::Options json_options(const ContainerConfig*) { return {.style = json::Style::snake}; }

/// What `gantry exec` was asked for.
struct ExecConfig {
  std::vector<std::string> command;
  std::vector<std::string> env;  ///< on top of the container's
  std::string workdir;           ///< empty: the container's
  std::string user;              ///< empty: the container's
  bool tty = false;
  bool interactive = false;
  bool detach = false;
  bool privileged = false;
  std::string detach_keys = "ctrl-p,ctrl-q";
};

}  // namespace gantry::engine
