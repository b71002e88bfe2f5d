#pragma once

#include "linux/cgroup.hpp"
#include "oci/runtime_spec.hpp"

namespace gantry::runtime {

/// Gives the container its cgroup, so that it may divide it further, where the specification wants that (config-linux,
/// "Cgroup ownership"): on cgroup v2 alone, in a cgroup namespace of its own that is mounted writable. `pid` is in its
/// user namespace.
Result<> delegate_cgroup(const linux::Cgroup& cgroup, const oci::Spec& spec, pid_t pid);

}  // namespace gantry::runtime
