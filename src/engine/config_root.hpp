#pragma once

#include <boost/describe/class.hpp>

#include <map>
#include <string>
#include <vector>

namespace gantry::engine {

/// What a container is made of and called. Exactly one of image, rootfs and host_root is set.
struct RootConfig {
  std::string image;            ///< a reference, short name or id
  std::string platform;         ///< "linux/arm64" when another than this machine's was asked for
  std::string rootfs;           ///< a plain folder as root instead of an image
  bool rootfs_overlay = false;  ///< leave `rootfs` as it is and write to a layer above it
  bool host_root = false;       ///< run off the host's /usr, read-only, on a private root

  std::string name;  ///< empty: one is made up
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;  ///< handed to the runtime and its hooks
  std::vector<std::string> hooks_dirs;             ///< absolute folders with OCI hook files (oci-hooks(5))

  bool operator==(const RootConfig&) const = default;
};
BOOST_DESCRIBE_STRUCT(RootConfig, (),
                      (image, platform, rootfs, rootfs_overlay, host_root, name, labels, annotations, hooks_dirs))

}  // namespace gantry::engine
