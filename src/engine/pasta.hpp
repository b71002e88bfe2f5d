#pragma once

#include "base/result.hpp"
#include "engine/config.hpp"
#include "engine/network_files.hpp"

#include <sys/types.h>

#include <string>
#include <vector>

namespace gantry::engine {

/// Of a container's run folder: who its user-mode network is.
inline constexpr const char* kUserNetworkPid = "network.pid";

/// pasta's command line (pasta(1)) for the network namespace of `pid`.
std::vector<std::string> pasta_arguments(const NetworkConfig& config, pid_t pid, const std::string& pid_file);
NetworkFacts pasta_facts(const NetworkConfig& config);
/// Returns when the namespace has its device; pasta goes on in the background.
Result<> start_pasta(const NetworkConfig& config, pid_t pid, const std::string& pid_file);

/// "192.0.2.1" of the default route of IPv4 in /proc/net/route; empty: there is none.
std::string default_gateway(std::string_view routes);

}  // namespace gantry::engine
