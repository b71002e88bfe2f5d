#pragma once

#include "linux/path.hpp"
#include "runtime/mount_options.hpp"
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
  MountOptions options;
  PreparedMount prepared;
  Rootfs& rootfs;
};

bool is_bind(const oci::Mount& mount, const MountOptions& options);

/// The bind mount of an entry, detached, with its attributes; `user_namespace`, if valid, is whose maps it gets.
Result<Fd> make_bind(const CreateRequest& request, const oci::Mount& mount, const MountOptions& options,
                     const Fd& user_namespace);

/// Puts a detached mount at the entry's destination.
Result<> put_in_place(const MountJob& job, const Fd& mount, linux::NodeKind kind);

/// The `cgroup` type stands for whatever the host has.
Result<> mount_cgroup(const MountJob& job);

}  // namespace gantry::runtime
