#pragma once

#include "base/result.hpp"
#include "engine/config.hpp"

#include <sys/types.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::engine {

/// One namespace of a container.
struct NamespaceUse {
  bool own = true;   ///< a new one
  std::string path;  ///< of one to join; neither: the host's
};

struct Namespaces {
  NamespaceUse pid, ipc, uts, cgroup, network;
  NamespaceUse user;  ///< own: when there are maps for one
};

/// Code::invalid with what the option accepts; `what` is its name.
Result<> check_namespace_modes(const ContainerConfig& config);

/// The id in "container:ID", or empty.
std::string_view container_of(std::string_view mode);

/// The ids of the containers that must run when it starts.
std::vector<std::string> needed_containers(const ContainerConfig& config);

/// `pid_of` finds the first process of a running container by its id. A namespace of a container in a user namespace
/// can only be joined together with that.
Result<Namespaces> resolve_namespaces(const ContainerConfig& config, bool has_maps,
                                      const std::function<Result<pid_t>(const std::string& id)>& pid_of);

/// Whether the name of the host is the container's to set.
bool has_own_uts(const ContainerConfig& config);

}  // namespace gantry::engine
