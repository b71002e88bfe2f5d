#pragma once

#include "base/fd.hpp"
#include "oci/runtime_spec.hpp"
#include "runtime/runtime.hpp"

#include <string>
#include <vector>

// The container's file system, put together in its own mount namespace from descriptors: nothing that an image, or a
// process that shares a volume with us, puts in a path can lead a mount or a node out of the root.
namespace gantry::runtime {

/// What is held of the container's file system while it is made.
struct Rootfs {
  Fd root;                    ///< the root folder of its mount
  Fd proc;                    ///< the container's own procfs, if it is to have one
  Fd devpts;                  ///< the same of its devpts
  bool dev_is_bound = false;  ///< its /dev is a folder of somebody else
};

/// So that nothing of what follows is seen outside.
Result<> cut_off_host_mounts();

/// Mounts the root folder, or the overlay, over itself. `prepared` is the overlay where it was made outside.
Result<Rootfs> mount_root(const CreateRequest& request, bool own_user_namespace, Fd prepared);

struct InitPlan;
/// All of `mounts`, in their order.
Result<> mount_all(const InitPlan& plan, Rootfs& rootfs);

/// Makes `rootfs` the root of this mount namespace and lets go of the host's.
Result<> enter_root(const Rootfs& rootfs, bool no_pivot);

/// Last touches: a read-only root, rootfsPropagation for the root itself.
Result<> finish_root(const oci::Spec& spec, const Fd& root);

/// Hides files behind /dev/null and folders behind an empty read-only tmpfs (CVE-2025-31133: the null device is
/// checked on its descriptor, and mounted from there).
Result<> mask_paths(const std::vector<std::string>& paths, const Fd& root);
Result<> make_paths_readonly(const std::vector<std::string>& paths, const Fd& root);

/// Device nodes of the config and the ones that config-linux.md calls default, with their symbolic links. In a user
/// namespace, where nodes cannot be made, the host's are bound. A /dev that is bound keeps its own: with `-v /dev:/dev`
/// they are the host's, and so would be every change.
Result<> make_devices(const oci::Spec& spec, bool own_user_namespace, const Rootfs& rootfs);

/// Writes linux.sysctl through the container's own procfs.
Result<> write_sysctls(const std::map<std::string, std::string>& sysctls, const Fd& proc);

}  // namespace gantry::runtime
