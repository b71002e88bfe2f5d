#pragma once

#include <string>

namespace gantry::linux {

/// Something is mounted at the path itself; a link is not followed.
bool is_mount_point(const std::string& path);

}  // namespace gantry::linux
