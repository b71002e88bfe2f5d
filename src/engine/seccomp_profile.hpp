#pragma once

#include "linux/capabilities.hpp"
#include "oci/runtime_seccomp.hpp"

namespace gantry::engine {

/// The default profile for a process whose bounding set is `capabilities`, in the spirit of docker's and podman's: what
/// ordinary programs need is allowed; what is known and risky is EPERM, as without the capability that it takes; what
/// is newer than the profile is ENOSYS, so that programs fall back to older calls.
oci::Seccomp default_seccomp(linux::CapabilityMask capabilities);

}  // namespace gantry::engine
