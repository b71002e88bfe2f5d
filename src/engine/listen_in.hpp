#pragma once

#include "base/fd.hpp"

namespace gantry::engine {

/// Listens on a unix socket `name` of this `type` in a folder. Bound by the folder's descriptor: the path may be longer
/// than a socket's name can be. `what` it is for is for the error.
Result<Fd> listen_in(const Fd& folder, const char* name, int type, const char* what);

}  // namespace gantry::engine
