#pragma once

#include "oci/image_spec.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gantry::transfer {

/// Applies one Dockerfile instruction to a config, as `--change` of docker and podman: CMD, ENTRYPOINT, ENV, EXPOSE,
/// LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME, WORKDIR. The first word may also end in '='. Code::invalid names it.
Result<> apply_change(std::string_view instruction, oci::ExecutionConfig& config);

/// Sets a variable of an environment of "NAME=value" lines, in place of the one that has the name.
void set_variable(std::vector<std::string>& environment, std::string_view name, std::string_view value);

}  // namespace gantry::transfer
