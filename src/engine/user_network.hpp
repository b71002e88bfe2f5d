#pragma once

#include "base/result.hpp"
#include "engine/config.hpp"
#include "engine/network_files.hpp"

#include <sys/types.h>

#include <string>
#include <string_view>

// Networking without privilege: a program (pasta, or slirp4netns) that has one foot in the container's network
// namespace and turns its packets into sockets of the host, which stands where the user stands.

namespace gantry::engine {

inline constexpr const char* kPasta = "pasta";
inline constexpr const char* kSlirp = "slirp4netns";

bool is_user_network(std::string_view mode);
/// The mode for an ordinary user who asks for none: pasta when it is installed, else slirp4netns; "none" where neither
/// is, or where the user may not make the network device that both need.
std::string default_user_network();

/// That the program is there, the options are ones that it has here and the ports can be published.
Result<> check_user_network(const NetworkConfig& config);
/// Servers of names and the host's address, as the container will have them.
NetworkFacts user_network_facts(const NetworkConfig& config);

/// Connects the network namespace of `pid`; returns when its device is configured. The program runs until
/// stop_user_network(); where it is found is noted in `folder`, one for each program.
Result<> start_user_network(const NetworkConfig& config, pid_t pid, const std::string& folder);
/// Fine when there is none.
Result<> stop_user_network(const std::string& folder);

}  // namespace gantry::engine
