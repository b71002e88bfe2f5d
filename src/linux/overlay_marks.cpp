#include "linux/overlay_marks.hpp"

#include <sys/sysmacros.h>
#include <sys/xattr.h>

namespace gantry::linux {

bool is_whiteout(const struct stat& info) { return S_ISCHR(info.st_mode) && info.st_rdev == makedev(0, 0); }

bool is_opaque(const Fd& folder) {
  for (const char* name : {"trusted.overlay.opaque", "user.overlay.opaque"}) {
    char value = 0;
    if (fgetxattr(folder.get(), name, &value, 1) == 1 && value == 'y') return true;
  }
  return false;
}

}  // namespace gantry::linux
