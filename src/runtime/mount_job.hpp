#pragma once

#include "linux/path.hpp"
#include "runtime/prepared_mounts.hpp"
#include "runtime/rootfs.hpp"

#include <string>
#include <vector>

// Shared by the files that carry out one kind of `mounts` each.
namespace gantry::runtime {

/// One entry of `mounts` with what is needed to carry it out.
struct MountJob {
  const CreateRequest& request;
  const oci::Mount& mount;
  const std::vector<std::string>& cgroup_folders;
  const PreparedMount& prepared;
  Rootfs& rootfs;
  bool own_user_namespace = false;
};

/// The bind mount of an entry, detached, with its attributes and its map.
Result<Fd> make_bind(const CreateRequest& request, const oci::Mount& mount, const PreparedMount& prepared);

/// Puts a detached mount at the entry's destination.
Result<> put_in_place(const MountJob& job, const Fd& mount, linux::NodeKind kind);

/// Before a bind covers the image's folder: an empty source gets a copy of what is there, with its owner and mode.
Result<> fill_from_covered(const MountJob& job);

/// The `cgroup` type stands for whatever the host has.
Result<> mount_cgroup(const MountJob& job);

}  // namespace gantry::runtime
