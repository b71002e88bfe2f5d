#pragma once

#include "base/fd.hpp"

#include <sys/stat.h>

#include <string>

namespace gantry::store {

/// Makes `name` in the folder `to` what it is in the folder `from`, where it is no folder and looks like `info`. There
/// must be nothing of that name yet.
Result<> copy_node(const Fd& from, const Fd& to, const std::string& name, const struct stat& info);

/// Gives a file or folder the owner, attributes, mode and times of another. Overlayfs's own marks are left out, and
/// attributes that the file system or the caller's rights do not allow, but for capabilities.
Result<> copy_attributes(const Fd& from, const Fd& to);

}  // namespace gantry::store
