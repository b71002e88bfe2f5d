#pragma once

#include "base/fd.hpp"

#include <sys/stat.h>

// How overlayfs marks in a layer what is gone from those below it.

namespace gantry::linux {

bool is_whiteout(const struct stat& info);
/// Hides the folders of the same path in the layers below.
bool is_opaque(const Fd& folder);

}  // namespace gantry::linux
