#pragma once

#include "base/fd.hpp"

#include <string>
#include <vector>

namespace gantry::linux {

/// From now on the calling thread, and those it starts, can make, change, link and remove files below `folder` only
/// (landlock(7)). Owner, mode, times and attributes are not covered, nor are descriptors that are open already.
/// Sets no_new_privs. False: the running kernel has no Landlock, or one that would forbid links between folders
/// (before Linux 5.19).
Result<bool> restrict_writes_to(const Fd& folder);
/// The same, and nowhere.
Result<bool> forbid_writes();

/// Files, and folders with all below them.
struct LandlockPaths {
  std::vector<std::string> read;   ///< may be read, listed and executed
  std::vector<std::string> write;  ///< all of that, and made, changed, truncated and removed
};

/// From now on the calling thread, and those it starts, can open nothing but `paths`, and neither mount nor unmount.
/// Metadata and descriptors that are open already are not covered. Needs no_new_privs or CAP_SYS_ADMIN, and Linux 6.2:
/// Code::unsupported before, where files could be truncated all the same.
Result<> restrict_to(const LandlockPaths& paths);

}  // namespace gantry::linux
