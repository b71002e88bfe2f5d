#include "store/merged.hpp"

#include "base/file.hpp"
#include "linux/idmap.hpp"
#include "linux/mount.hpp"

#include <sys/mount.h>

namespace gantry::store {

Result<Fd> open_merged(const Store& store, std::vector<std::string> layers) {
  // Overlayfs wants two layers when it has none to write to.
  layers.push_back(store.root() + "/layers/empty");
  TRY(make_folders(layers.back()));
  return linux::make_overlay({.layers = std::move(layers), .user_xattr = !linux::in_initial_user_namespace()},
                             MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOSUID);
}

}  // namespace gantry::store
