#pragma once

#include "engine/config.hpp"
#include "options/option.hpp"

#include <climits>
#include <optional>
#include <string>
#include <vector>

namespace gantry::cli {

/// What `create` and `run` have in common, as it was typed.
struct CreateOptions {
  std::string name, cidfile;
  std::vector<std::string> labels, label_files;
  bool remove = false, rootfs = false, host_root = false;
  std::string pull;

  bool interactive = false, terminal = false, init = false;
  std::vector<std::string> variables, variable_files;
  std::optional<std::string> entrypoint;
  std::string workdir, user;
  std::vector<std::string> groups;
  std::string stop_signal;
  unsigned stop_timeout = 10;

  std::vector<std::string> volumes, mounts, temporary;
  bool read_only = false;
  std::optional<std::uint64_t> shm_size;

  std::uint64_t memory = 0;
  std::string cpus;
  std::optional<std::int64_t> pids_limit;
  std::vector<std::string> ulimits;

  std::string network = "none", hostname;
  bool privileged = false;
  std::vector<std::string> cap_add, cap_drop, security, devices, sysctls;
};

/// What to create: the words after the options are IMAGE (a folder with --rootfs, nothing with --host-root) and the
/// command.
Result<engine::ContainerConfig> container_config(const CreateOptions& options, const std::vector<std::string>& words);

namespace create {

using options::Completes;
using options::flag;
using options::option;
using O = CreateOptions;

inline constexpr options::Choice<std::string_view> kPulls[] = {{"never", "never"}};
inline constexpr options::Choice<std::string_view> kNetworks[] = {{"none", "none"}, {"host", "host"}};

inline constexpr options::Option kIdentity[] = {
    option<&O::name>(0, "name", "NAME", "Name the container; else it gets a name of two words"),
    option<&O::cidfile>(0, "cidfile", "FILE", "Write the container's ID to a new file").completing(Completes::files),
    option<&O::labels>('l', "label", "NAME[=VALUE]", "Attach a label"),
    option<&O::label_files>(0, "label-file", "FILE", "Attach the labels in a file, one a line")
        .completing(Completes::files),
    flag<&O::remove>(0, "rm", "Remove the container when it ends"),
    flag<&O::rootfs>(0, "rootfs",
                     "Run off a folder, which is named in place of the image (FOLDER:O keeps it as it is)"),
    flag<&O::host_root>(0, "host-root", "Run off the host's own /usr, read-only; no image is named then"),
    option<&O::pull, options::read_choice<kPulls>>(0, "pull", "never", "Whether to fetch the image from its registry"),
};

inline constexpr options::Option kProcess[] = {
    flag<&O::interactive>('i', "interactive", "Pass stdin on to the container"),
    flag<&O::terminal>('t', "tty", "Give the container a terminal"),
    option<&O::variables>('e', "env", "NAME[=VALUE]",
                          "Set a variable; without a value it is taken from here, as is every one with NAME*"),
    option<&O::variable_files>(0, "env-file", "FILE", "Set the variables in a file, one a line")
        .completing(Completes::files),
    option<&O::entrypoint>(0, "entrypoint", "COMMAND",
                           "Replace the image's entrypoint by a program or a JSON array; \"\" is none"),
    option<&O::workdir>('w', "workdir", "PATH", "Start in this folder of the container"),
    option<&O::user>('u', "user", "USER[:GROUP]", "Run as this user, by name or number"),
    option<&O::groups>(0, "group-add", "GROUP", "Join a further group, by name or number"),
    flag<&O::init>(0, "init", "Run an init that forwards signals and reaps processes"),
    option<&O::stop_signal>(0, "stop-signal", "SIGNAL", "What `gantry stop` sends first"),
    option<&O::stop_timeout, options::read_between<0, INT_MAX, unsigned>>(
        0, "stop-timeout", "SECONDS", "How long `gantry stop` waits before it kills (default 10)"),
};

inline constexpr options::Option kFiles[] = {
    option<&O::volumes>('v', "volume", "SOURCE:TARGET[:OPTIONS]", "Mount a file or folder of the host")
        .completing(Completes::files),
    option<&O::mounts>(0, "mount", "type=TYPE,...", "Mount, with TYPE bind or tmpfs; see the examples"),
    option<&O::temporary>(0, "tmpfs", "TARGET[:OPTIONS]", "Mount an empty folder that is kept in memory"),
    flag<&O::read_only>(0, "read-only", "Make the root file system read-only"),
    option<&O::shm_size, options::read_size>(0, "shm-size", "SIZE", "Size of /dev/shm (default 64m)"),
};

inline constexpr options::Option kLimits[] = {
    option<&O::memory, options::read_size>('m', "memory", "SIZE", "Limit memory, as in 512m or 2g"),
    option<&O::cpus>(0, "cpus", "NUMBER", "Limit time on the processors, as in 1.5"),
    option<&O::pids_limit, options::read_between<-1, INT_MAX>>(
        0, "pids-limit", "NUMBER", "Limit the number of processes (default 2048); -1 is no limit"),
    option<&O::ulimits>(0, "ulimit", "NAME=SOFT[:HARD]", "Limit a resource of each process, as in nofile=1024"),
};

inline constexpr options::Option kIsolation[] = {
    option<&O::network, options::read_choice<kNetworks>>(0, "network", "none|host",
                                                         "Network of its own or the host's (default none)")
        .also("net"),
    option<&O::hostname>('h', "hostname", "NAME", "Name of the host inside; else the first figures of the ID"),
    option<&O::cap_add>(0, "cap-add", "CAPABILITY", "Grant a capability, or ALL"),
    option<&O::cap_drop>(0, "cap-drop", "CAPABILITY", "Take a capability away, or ALL"),
    option<&O::security>(0, "security-opt", "OPTION",
                         "no-new-privileges, seccomp=unconfined or a profile, mask=PATH, unmask=PATH or ALL"),
    option<&O::devices>(0, "device", "SOURCE[:TARGET][:ACCESS]", "Give access to a device of the host")
        .completing(Completes::files),
    option<&O::sysctls>(0, "sysctl", "NAME=VALUE", "Set a kernel parameter of the container"),
    flag<&O::privileged>(0, "privileged", "Take most of the walls down: every capability and device, nothing masked"),
};

}  // namespace create

}  // namespace gantry::cli
