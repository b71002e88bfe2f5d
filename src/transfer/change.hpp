#pragma once

#include "oci/image_spec.hpp"

#include <string_view>

namespace gantry::transfer {

/// Applies one Dockerfile instruction to a config, as `--change` of docker and podman: CMD, ENTRYPOINT, ENV, EXPOSE,
/// LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME, WORKDIR. The first word may also end in '='. Code::invalid names it.
Result<> apply_change(std::string_view instruction, oci::ExecutionConfig& config);

}  // namespace gantry::transfer
