#pragma once

#include "base/fd.hpp"
#include "linux/process.hpp"

#include <functional>
#include <vector>

namespace gantry::runtime {

/// An existing namespace to join. Not one of cgroups: from inside, the kernel lets nobody be born in a cgroup when its
/// process in between is in one outside (nsdelegate, cgroups(7)), so the child joins that itself.
struct JoinNamespace {
  Fd file;       ///< /proc/<pid>/ns/…, or a pidfd for several at once
  int type = 0;  ///< CLONE_NEW*; with a pidfd all that are wanted
};

/// Where a process is born.
struct Birth {
  std::vector<JoinNamespace> join;  ///< in this order
  linux::Clone clone;               ///< new namespaces and the v2 cgroup
  /// What must happen with the caller's rights, before something is joined; only called when something is.
  std::function<Result<>()> before_join;
};

/// A child of the caller that runs `body`, which must not return. setns(2) with a pid namespace concerns children only,
/// and must not change the caller, so with something to join a process in between does it and clones its sibling
/// (CLONE_PARENT). That one cannot be traced from inside (CVE-2016-9962).
Result<linux::Process> spawn(const Birth& birth, const std::function<void()>& body);

Result<> join_cgroup_namespace(const Fd& file);

/// Delegation rules and threaded cgroups allow a process to be moved in where it may not be born.
bool may_be_moved_instead(const Error& error);

}  // namespace gantry::runtime
