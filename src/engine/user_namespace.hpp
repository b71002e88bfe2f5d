#pragma once

#include "base/result.hpp"
#include "engine/config.hpp"
#include "linux/idmap.hpp"

#include <optional>
#include <vector>

namespace gantry::engine {

/// Code::invalid with what --userns, --uidmap and --gidmap accept. Fills in the one map from the other, and the user of
/// keep-id.
Result<> fix_user_namespace(ContainerConfig& config);

/// The maps of the container's user namespace; nothing: it has none of its own, or joins one.
Result<std::optional<linux::IdMaps>> user_maps(const ContainerConfig& config);

}  // namespace gantry::engine
