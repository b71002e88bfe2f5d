#pragma once

#include "base/fd.hpp"
#include "linux/capabilities.hpp"
#include "oci/runtime_spec.hpp"
#include "runtime/annotations.hpp"
#include "runtime/labels.hpp"
#include "runtime/runtime.hpp"
#include "runtime/scheduling.hpp"
#include "runtime/seccomp.hpp"

#include <sys/resource.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

// The last stretch of `create` and `exec`: what turns a process inside the container's namespaces into the one that
// config.json describes.
namespace gantry::runtime {

/// What the caller of create and exec hands to the process besides its config.
struct ProcessHandles {
  std::array<int, 3> stdio{0, 1, 2};
  int console_socket = -1;
  int preserve_fds = 0;
};

/// All that can be worked out before the clone, and the descriptors that are needed after it.
struct ProcessSetup {
  oci::Process process;
  ProcessHandles handles;
  std::optional<linux::CapabilitySets> capabilities;  ///< none: the config says nothing, keep what we have
  struct Limit {
    int resource;
    rlimit value;
  };
  std::vector<Limit> limits;
  Scheduling scheduling;
  Labels labels;
  std::optional<CompiledSeccomp> seccomp;
  Fd init_program;    ///< gantry-init in memory
  Fd start_listener;  ///< wait here for `start`; invalid: go on at once
  bool reap = false;
  bool guarded = false;  ///< `capabilities` holds CAP_SYS_PTRACE for gantry-init, which gives it up
  bool new_session_keyring = true;
  bool keep_original_groups = false;             ///< the caller's supplementary groups instead of the config's
  std::optional<linux::LandlockPaths> landlock;  ///< all that the process may open
};

/// Checks and prepares a process of the container `spec`; an error names the member.
Result<ProcessSetup> prepare_process(const oci::Process& process, const oci::Spec& spec, const Annotations& annotations,
                                     const ProcessHandles& handles, const Settings& settings);

/// A session of its own; then the caller's descriptors as 0, 1, 2, or a new terminal of `devpts` (invalid: of the
/// caller's /dev/pts) whose master goes over the console socket. The terminal becomes /dev/console of `root`, if given.
Result<> set_up_stdio(const ProcessSetup& setup, const Fd& devpts, const Fd* root);

/// Sends a terminal's master to whoever listens on `console_socket`, which stays the caller's.
Result<> send_terminal(int console_socket, const Fd& master);

/// oom_score_adj, through the host's procfs: before the root is entered and another process's rights are taken.
Result<> set_oom_score(const oci::Process& process);

/// Root of the user namespace that we are in; without the groups from outside, unless they are to be kept.
Result<> become_namespace_root(bool keep_groups);

/// Limits, scheduling, labels, groups, user, capabilities, no_new_privs, seccomp, working directory; then gantry-init,
/// which executes the process's program. Comes back only with an error. `report` gets what goes wrong afterwards.
Error become_process(ProcessSetup& setup, const Fd& report);

}  // namespace gantry::runtime
