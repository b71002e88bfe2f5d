#pragma once

#include "linux/landlock.hpp"
#include "oci/runtime_spec.hpp"

#include <optional>
#include <string>
#include <vector>

namespace gantry::runtime {

/// What the config's annotations ask of the runtime: those of crun(1) that are offered, and run.gantry.landlock.
struct Annotations {
  bool keep_original_groups = false;  ///< the caller's supplementary groups instead of the config's
  bool fail_unknown_syscall = false;  ///< in the seccomp section
  std::string pidfd_receiver;         ///< unix socket that gets a pidfd of the container's process
  std::string hooks_stdout;           ///< files to which hooks' output is appended
  std::string hooks_stderr;
  std::optional<linux::LandlockPaths> landlock;
};

/// Annotations that belong to others are left alone. One of crun's that is not offered is Code::unsupported, and so is
/// one of ours that does not exist: a slip must not leave a container unconfined. Any other run.oci.* has a warning
/// alone, by config.md, "Annotations".
Result<Annotations> read_annotations(const oci::Spec& spec);

/// Those that must not come from an image: features.md, "potentiallyUnsafeConfigAnnotations".
std::vector<std::string> unsafe_annotations();

}  // namespace gantry::runtime
