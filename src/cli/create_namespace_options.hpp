#pragma once

#include "engine/config.hpp"
#include "options/option.hpp"

#include <string>

namespace gantry::cli {

/// Which namespaces are the container's own.
struct CreateNamespaceOptions {
  std::string hostname;
};

Result<> set_namespaces(engine::ContainerConfig& config, const CreateNamespaceOptions& options);

namespace create {

inline constexpr options::Option kNamespaces[] = {
    options::option<&CreateNamespaceOptions::hostname>('h', "hostname", "NAME",
                                                       "Name of the host inside; else the first figures of the ID"),
};

}  // namespace create

}  // namespace gantry::cli
