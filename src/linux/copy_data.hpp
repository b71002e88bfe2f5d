#pragma once

#include "base/fd.hpp"

namespace gantry::linux {

/// Gives the empty file `to` what `from` holds. Where the file system can, both share it until one changes
/// (ioctl_ficlone(2)); elsewhere it is copied, and holes stay holes. Both stand anywhere afterwards.
Result<> copy_data(const Fd& from, const Fd& to);

}  // namespace gantry::linux
