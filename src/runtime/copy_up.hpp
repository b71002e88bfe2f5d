#pragma once

#include "base/fd.hpp"

namespace gantry::runtime {

/// Copies what is in the folder `from` into the folder `to`: folders, files, symbolic links, with owner and mode.
/// Nothing is followed. Nodes and sockets are left out.
Result<> copy_tree(const Fd& from, const Fd& to);

}  // namespace gantry::runtime
