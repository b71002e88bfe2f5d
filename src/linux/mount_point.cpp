#include "linux/mount_point.hpp"

#include <fcntl.h>
#include <sys/stat.h>

namespace gantry::linux {

bool is_mount_point(const std::string& path) {
  struct statx info;
  return statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &info) == 0 &&
         (info.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

}  // namespace gantry::linux
