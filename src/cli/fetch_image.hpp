#pragma once

#include "cli/context.hpp"
#include "cli/create_root_options.hpp"

namespace gantry::cli {

/// What comes before a container is made: its image is fetched, as --pull has it, by gantry-transfer, and with
/// --replace the container of the same name goes.
Result<> prepare_to_create(const Globals& globals, engine::Engine& engine, const CreateRootOptions& options,
                           const engine::ContainerConfig& config);

}  // namespace gantry::cli
