#pragma once

#include "base/result.hpp"
#include "engine/config.hpp"
#include "linux/idmap.hpp"
#include "linux/terminal.hpp"
#include "oci/identity.hpp"
#include "oci/runtime_spec.hpp"

#include <optional>
#include <string>
#include <vector>

namespace gantry::engine {

/// What the spec of a container is made from, besides the config.
struct SpecInput {
  const ContainerConfig& config;  ///< completed
  std::string id;
  std::string hostname;
  std::string root;                ///< folder of the root
  std::vector<Mount> root_mounts;  ///< that belong to the root, before all others
  std::vector<Mount> files;        ///< /etc/hosts and its kin
  oci::Identity user;
  std::optional<linux::IdMaps> maps;  ///< of the user namespace that an ordinary user's container has
  bool limits = true;                 ///< cgroups can be used
  std::string network_namespace;      ///< path of one to join; empty: the host's or a new one
  std::optional<linux::WindowSize> window_size;
};

/// The runtime-spec config of a container. Looks at the host where it must: sources of mounts, device nodes, limits.
Result<oci::Spec> build_spec(const SpecInput& input);

// The parts of build_spec().

/// argv, environment, user and capabilities; also of `exec`.
Result<oci::Capabilities> build_capabilities(const ContainerConfig& config, const oci::Identity& user);
/// The environment of a process: PATH, HOME and the rest of what every process has, then `env`, of which a later entry
/// replaces an earlier one of the same name.
std::vector<std::string> build_environment(const std::vector<std::string>& env, const oci::Identity& user,
                                           const std::string& hostname, bool tty);
Result<std::vector<oci::Mount>> build_mounts(const SpecInput& input);
Result<oci::Linux> build_linux(const SpecInput& input, const oci::Capabilities& capabilities);

}  // namespace gantry::engine
