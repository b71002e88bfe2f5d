#pragma once

#include "base/fd.hpp"
#include "store/store.hpp"

#include <string>
#include <vector>

namespace gantry::store {

/// What overlayfs makes of layers (the top first; at least one), read-only, without devices and setuid programs: the
/// root of a detached mount. Takes the right to mount: root's, or that of a user namespace of one's own.
Result<Fd> open_merged(const Store& store, std::vector<std::string> layers);

}  // namespace gantry::store
