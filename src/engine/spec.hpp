#pragma once

#include "base/result.hpp"
#include "engine/config.hpp"
#include "engine/namespaces.hpp"
#include "linux/idmap.hpp"
#include "linux/terminal.hpp"
#include "oci/identity.hpp"
#include "oci/runtime_spec.hpp"

#include <optional>
#include <string>
#include <vector>

namespace gantry::engine {

/// Where the container finds the program of --init-path.
inline constexpr const char* kInitInside = "/run/gantry-init";

/// What the spec of a container is made from, besides the config.
struct SpecInput {
  const ContainerConfig& config;  ///< completed
  std::string id;
  std::string hostname;
  std::string root;                ///< folder of the root
  std::vector<Mount> root_mounts;  ///< that belong to the root, before all others
  std::vector<Mount> files;        ///< /etc/hosts and its kin
  oci::Identity user;
  std::optional<linux::IdMaps> maps;  ///< of the user namespace that the container has
  Namespaces namespaces = {};
  std::vector<Mount> mounts = {};     ///< config.mounts as they are to be mounted: see storage_mounts()
  std::vector<std::string> env = {};  ///< of secrets, which no config keeps
  bool limits = true;                 ///< cgroups can be used
  std::optional<linux::WindowSize> window_size;
};

/// The runtime-spec config of a container. Looks at the host where it must: sources of mounts, device nodes, limits.
Result<oci::Spec> build_spec(const SpecInput& input);

// The parts of build_spec().

/// argv, environment, user and capabilities; also of `exec`.
Result<oci::Capabilities> build_capabilities(const ContainerConfig& config, const oci::Identity& user);
/// The environment of a process: PATH, HOME and the rest of what every process has, then that of the config, of which
/// an entry replaces an earlier one of the same name.
std::vector<std::string> build_environment(const ContainerConfig& config, const oci::Identity& user,
                                           const std::string& hostname);
Result<std::vector<oci::Mount>> build_mounts(const SpecInput& input);
Result<oci::Linux> build_linux(const SpecInput& input, const oci::Capabilities& capabilities);
/// The limits that cgroups hold; what the config leaves open is absent. Devices are not among them.
Result<oci::Resources> build_limits(const ContainerConfig& config);
std::uint32_t umask_of(const ContainerConfig& config);

/// Of the container's own cgroup, from the root of the hierarchy.
std::string cgroup_path(const ContainerConfig& config, const std::string& id);

}  // namespace gantry::engine
