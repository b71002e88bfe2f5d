#pragma once

#include "options/option.hpp"
#include "remote/registry_access.hpp"

namespace gantry::remote {

/// The options of all commands that talk to registries, as podman and skopeo name them.
inline constexpr options::Option kRegistryOptions[] = {
    options::option<&RegistryOptions::auth_file>(0, "authfile", "PATH", "Credentials are in this file")
        .completing(options::Completes::files),
    options::option<&RegistryOptions::certificates>(0, "cert-dir", "PATH",
                                                    "Certificates of registries and of this client are in this folder")
        .completing(options::Completes::folders),
    options::option<&RegistryOptions::credentials>(0, "creds", "USER:PASSWORD", "Use these credentials"),
    options::flag<&RegistryOptions::tls_verify>(0, "tls-verify",
                                                "Insist on TLS with a valid certificate; false allows to go without"),
};

}  // namespace gantry::remote
