#pragma once

#include "base/result.hpp"
#include "linux/idmap.hpp"

#include <optional>
#include <string>

namespace gantry::engine {

/// Gives everything at `path` to a user of a container, whose ids are those inside `maps`. Links are given away
/// themselves, not what they point to; other mounts below are passed over. Needs one thread.
Result<> chown_tree(const std::string& path, unsigned uid, unsigned gid, const std::optional<linux::IdMaps>& maps);

}  // namespace gantry::engine
