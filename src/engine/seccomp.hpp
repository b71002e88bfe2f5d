#pragma once

#include "base/result.hpp"
#include "engine/config.hpp"
#include "oci/runtime_process.hpp"
#include "oci/runtime_seccomp.hpp"

#include <optional>

namespace gantry::engine {

/// The filter that `config.seccomp` asks for: none for "unconfined" and for a privileged container without a profile of
/// its own, the default profile for the given capabilities, or a file in runtime-spec's form (or docker's, as long as
/// it has no conditions).
Result<std::optional<oci::Seccomp>> build_seccomp(const ContainerConfig& config, const oci::Capabilities& capabilities);

}  // namespace gantry::engine
