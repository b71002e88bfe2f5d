#pragma once

#include "base/result.hpp"
#include "engine/config.hpp"
#include "engine/network_files.hpp"

#include <sys/types.h>

#include <string>
#include <vector>

namespace gantry::engine {

/// The options for slirp4netns(1), of those that docker and podman have: mtu, cidr, enable_ipv6, allow_host_loopback,
/// outbound_addr and outbound_addr6. Code::invalid for another.
Result<std::vector<std::string>> slirp_arguments(const NetworkConfig& config);
NetworkFacts slirp_facts(const NetworkConfig& config);
/// Returns when the namespace of `pid` has its device and the ports are published. Its socket comes to be in `folder`.
Result<> start_slirp(const NetworkConfig& config, pid_t pid, const std::string& pid_file, const std::string& folder);

}  // namespace gantry::engine
