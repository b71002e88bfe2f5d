#pragma once

#include "base/result.hpp"
#include "oci/runtime_features.hpp"
#include "oci/runtime_spec.hpp"
#include "oci/runtime_state.hpp"

#include <sys/types.h>

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace gantry::criu {
struct Options;
}

// The OCI runtime (runtime-spec 1.2, runtime.md "Lifecycle") as a library: gantry-runtime is its command line, and the
// engine calls it without spawning a program. Callers are single-threaded: it clones.
namespace gantry::runtime {

/// Where the state of containers is kept, and the program that becomes their first process.
struct Settings {
  std::string root;                  ///< one folder per container; made when missing
  std::string init_program;          ///< gantry-init
  std::string systemd_program = {};  ///< gantry-systemd; empty: there is none
};

/// A root made of layers. It is mounted inside the container's own mount namespace, so that nothing is left on the
/// host when the container ends, however it ends.
struct OverlayRoot {
  std::vector<std::string> layers;  ///< absolute folders, top first
  std::string upper;                ///< absolute folders on one file system
  std::string work;
};

/// An entry of `mounts` that is made of layers, as the root can be. Without `upper` it is read-only.
struct OverlayMount {
  std::string destination;
  OverlayRoot layers;
};

enum class CgroupUse {
  if_permitted,  ///< a container that asks for no limits runs without one where we may not make it
  always,
  never,
};

struct CreateRequest {
  std::string id;
  std::string bundle;  ///< absolute; a relative root.path counts from here
  oci::Spec spec;
  std::optional<OverlayRoot> overlay;  ///< mounted over root.path, an empty folder
  bool maps_root = false;              ///< root.path has the ids of the container, whatever they are outside
  std::vector<OverlayMount> overlays;  ///< by the destination of an entry of `mounts`
  std::vector<std::string> filled;     ///< destinations of binds whose folder, if empty, gets what it covers
  std::array<int, 3> stdio{0, 1, 2};   ///< what the process gets as 0, 1 and 2 when it has no terminal
  int console_socket = -1;             ///< unix socket that gets the terminal's master
  int preserve_fds = 0;                ///< descriptors 3 … 3+n-1 stay open in the process
  bool start_now = false;              ///< create and start in one
  bool reap = false;                   ///< gantry-init stays as PID 1, forwards signals and reaps
  bool no_pivot = false;               ///< MS_MOVE instead of pivot_root(2), for a root on a ramfs
  bool no_new_keyring = false;
  std::string pid_file;  ///< gets the pid in digits, when not empty
  /// Gives the network namespace of the new process its devices, while the process sets up the rest.
  std::function<Result<>(pid_t)> connect = {};
  CgroupUse cgroup_use = CgroupUse::if_permitted;
  bool systemd_scope = false;  ///< the cgroup is a scope of systemd's, and linux.cgroupsPath is "SLICE:PREFIX:NAME"
};

struct ExecRequest {
  oci::Process process;  ///< whole; see config_of() for one that starts from the container's own
  std::array<int, 3> stdio{0, 1, 2};
  int console_socket = -1;
  int preserve_fds = 0;
  std::string pid_file;
  std::string cgroup;          ///< a cgroup below the container's; empty: the container's
  bool ignore_paused = false;  ///< in a paused container the process waits until it is resumed
};

/// Makes the container; its init is a child of the caller and waits for start(). On failure nothing is left.
/// Code::exists when the id is taken, Code::no_command / not_executable for the process's program.
Result<pid_t> create(const Settings& settings, const CreateRequest& request);

/// Lets a created container's process go. Returns when it runs.
Result<> start(const Settings& settings, const std::string& id);

/// What is known about a container.
struct Details {
  oci::State state;
  std::string rootfs;   ///< absolute
  std::string created;  ///< RFC 3339
  std::string owner;    ///< of the state folder: "root", or "#" and the user id
};
Result<Details> state(const Settings& settings, const std::string& id);
Result<std::vector<Details>> list(const Settings& settings);
Result<std::vector<std::string>> container_ids(const Settings& settings);

/// Sends a signal to the init, or with `all` to every process in the container.
Result<> kill(const Settings& settings, const std::string& id, int signal, bool all);

/// Removes a stopped container: its cgroup and state, then the poststop hooks. With `force` a running one is killed
/// first, and a missing one is fine.
Result<> remove(const Settings& settings, const std::string& id, bool force);

/// Starts a further process in a running container, as a child of the caller.
Result<pid_t> exec(const Settings& settings, const std::string& id, const ExecRequest& request);
/// The config of a container, whose process is what exec's options change.
Result<oci::Spec> config_of(const Settings& settings, const std::string& id);
/// Whether a container's processes may look into one that enters it, and so at the program that it runs: by
/// CAP_SYS_PTRACE outside a user namespace (CVE-2019-5736). Call linux::run_from_memory() then.
bool may_trace(const oci::Spec& spec);

/// Pids of all processes of the container, as the caller's pid namespace has them.
Result<std::vector<pid_t>> processes(const Settings& settings, const std::string& id);

Result<> pause(const Settings& settings, const std::string& id);
Result<> resume(const Settings& settings, const std::string& id);

/// Saves the processes of a running container in `options.images`, by CRIU; they end, unless they are left running.
/// With `memory_only` they go on and just their memory is saved, for a later checkpoint to build on. Of `options`, what
/// the container itself decides is filled in. Needs root, cgroup v2 and CRIU: Code::denied, unsupported, not_found.
Result<> checkpoint(const Settings& settings, const std::string& id, criu::Options options, bool memory_only);
/// Makes the container, running, from such images: its init is a child of the caller. On failure nothing is left.
Result<pid_t> restore(const Settings& settings, const CreateRequest& request, criu::Options options);

/// Changes the limits of a container that exists.
Result<> update(const Settings& settings, const std::string& id, const oci::Resources& resources);

/// What can be asked of create(): runtime-spec features.md.
oci::Features features(const Settings& settings);

/// The config that `gantry-runtime spec` prints: a shell on /rootfs, as runc's.
oci::Spec example_spec(bool rootless);

}  // namespace gantry::runtime
