#pragma once

#include "base/result.hpp"
#include "engine/config.hpp"

#include <optional>
#include <string>
#include <vector>

namespace gantry::engine {

/// What the container calls itself: as asked, else as the host with the host's network, else the beginning of its id.
Result<std::string> choose_hostname(const ContainerConfig& config, const std::string& id);

/// What is known about the container's network when its files are written.
struct NetworkFacts {
  std::vector<std::string> addresses;  ///< its own; empty: it knows itself by the loopback device
  std::vector<std::string> servers;    ///< of names that its network has; empty: those of the host
  std::vector<std::string> search;     ///< domains of its network
  std::string host_gateway;            ///< under which it reaches the host; empty: it cannot
};

/// What is asked of the two functions below: Code::invalid for what is no address or no name.
Result<> check_network_files(const NetworkConfig& config);

/// `image`: the image's own file, when hosts_file asks for it.
Result<std::string> hosts_text(const ContainerConfig& config, const std::string& hostname, const std::string& name,
                               const NetworkFacts& facts, const std::optional<std::string>& image);
/// With --network none it names the servers of --dns alone; empty: there is no such file.
Result<std::string> resolv_text(const ContainerConfig& config, const NetworkFacts& facts);

/// Writes /etc/hosts, /etc/hostname and, with a network, /etc/resolv.conf into `folder`: the mounts that put them into
/// the container. A file over which the user mounts something, or wants left alone, is left out.
Result<std::vector<Mount>> write_network_files(const ContainerConfig& config, const std::string& hostname,
                                               const std::string& name, const NetworkFacts& facts,
                                               const std::optional<std::string>& image_hosts,
                                               const std::string& folder);

}  // namespace gantry::engine
