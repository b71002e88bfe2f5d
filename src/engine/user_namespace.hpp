#pragma once

#include "base/result.hpp"
#include "engine/config.hpp"
#include "linux/idmap.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace gantry::engine {

/// Code::invalid with what --userns, --uidmap and their kin accept. Fills in the maps of what has them once and for
/// all: `auto`, whose range is none that `taken` gives, and ranges of /etc/subuid by a user's name. And the user of
/// keep-id.
Result<> fix_user_namespace(ContainerConfig& config, const std::function<Result<std::vector<IdRange>>()>& taken);

/// The maps of the container's user namespace; nothing: it has none of its own, or joins one.
Result<std::optional<linux::IdMaps>> user_maps(const ContainerConfig& config);

}  // namespace gantry::engine
