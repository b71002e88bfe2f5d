#pragma once

#include "base/fd.hpp"

namespace gantry::linux {

/// From now on the calling thread, and those it starts, can make, change, link and remove files below `folder` only
/// (landlock(7)). Owner, mode, times and attributes are not covered, nor are descriptors that are open already.
/// Sets no_new_privs. False: the running kernel has no Landlock, or one that would forbid links between folders
/// (before Linux 5.19).
Result<bool> restrict_writes_to(const Fd& folder);

}  // namespace gantry::linux
