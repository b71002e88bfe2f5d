#pragma once

#include "engine/config.hpp"
#include "options/option.hpp"

#include <string>

namespace gantry::cli {

/// The container's network.
struct CreateNetworkOptions {
  std::string network = "none";
};

Result<> set_network(engine::ContainerConfig& config, const CreateNetworkOptions& options);

namespace create {

inline constexpr options::Choice<std::string_view> kNetworks[] = {{"none", "none"}, {"host", "host"}};

inline constexpr options::Option kNetwork[] = {
    options::option<&CreateNetworkOptions::network, options::read_choice<kNetworks>>(
        0, "network", "none|host", "Network of its own or the host's (default none)")
        .also("net"),
};

}  // namespace create

}  // namespace gantry::cli
