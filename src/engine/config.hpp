#pragma once

#include "base/json_options.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gantry::engine {

/// Something mounted into a container beyond the standard mounts.
struct Mount {
  std::string type = "bind";         ///< "bind" or "tmpfs"
  std::string source;                ///< absolute host path of a bind
  std::string target;                ///< absolute path inside the container
  std::vector<std::string> options;  ///< runtime-spec options: "ro", "rbind", "size=64m", …

  bool operator==(const Mount&) const = default;
};
BOOST_DESCRIBE_STRUCT(Mount, (), (type, source, target, options))

/// A process limit as setrlimit(2) has it.
struct Ulimit {
  std::string name;  ///< "nofile", as docker and podman write it
  std::uint64_t soft = 0;
  std::uint64_t hard = 0;

  bool operator==(const Ulimit&) const = default;
};
BOOST_DESCRIBE_STRUCT(Ulimit, (), (name, soft, hard))

/// A host device node that the container may use.
struct Device {
  std::string source;          ///< absolute path on the host
  std::string target;          ///< absolute path inside the container
  std::string access = "rwm";  ///< of r, w, m

  bool operator==(const Device&) const = default;
};
BOOST_DESCRIBE_STRUCT(Device, (), (source, target, access))

/// What `gantry create` and `run` were asked for. Exactly one of image, rootfs and host_root is set.
/// Engine::create completes it with the image's defaults (see complete()) and keeps it for the container's life.
struct ContainerConfig {
  std::string image;            ///< a reference, short name or id
  std::string rootfs;           ///< a plain folder as root instead of an image
  bool rootfs_overlay = false;  ///< leave `rootfs` as it is and write to a layer above it
  bool host_root = false;       ///< run off the host's /usr, read-only, on a private root

  std::string name;                                    ///< empty: one is made up
  std::optional<std::vector<std::string>> entrypoint;  ///< none: the image's; empty: no entrypoint
  std::vector<std::string> command;                    ///< empty: the image's, unless entrypoint is set
  std::vector<std::string> env;                        ///< "NAME=value", later ones win
  std::string workdir;                                 ///< absolute; empty: the image's or "/"
  std::string user;                                    ///< "name", "uid", "user:group"; empty: the image's or root
  std::vector<std::string> groups;                     ///< further groups, by name or id
  std::string hostname;                                ///< empty: the first 12 figures of the id
  std::map<std::string, std::string> labels;

  bool tty = false;
  bool interactive = false;  ///< keep stdin open and pass it on
  bool detach = false;
  bool remove = false;         ///< --rm
  bool init = false;           ///< gantry-init as PID 1 reaps and forwards signals
  std::string stop_signal;     ///< "SIGTERM", "15"; empty: the image's or SIGTERM
  unsigned stop_timeout = 10;  ///< seconds until SIGKILL
  std::string cidfile;         ///< gets the id; must not exist

  std::vector<Mount> mounts;
  bool read_only = false;
  std::uint64_t shm_size = 64u << 20;  ///< bytes of /dev/shm

  std::string network = "none";  ///< "none" or "host"

  std::uint64_t memory = 0;     ///< bytes; 0: no limit
  std::uint64_t nano_cpus = 0;  ///< billionths of a CPU; 0: no limit
  std::int64_t pids_limit = 0;  ///< 0: the default (2048, where cgroups can be used); -1: no limit
  std::vector<Ulimit> ulimits;
  std::vector<Device> devices;
  std::map<std::string, std::string> sysctls;

  bool privileged = false;
  std::vector<std::string> cap_add;  ///< "NET_ADMIN", "CAP_NET_ADMIN", "ALL"
  std::vector<std::string> cap_drop;
  bool no_new_privileges = false;
  std::string seccomp;              ///< empty: the default profile; "unconfined"; or the path of a profile
  std::vector<std::string> mask;    ///< further paths to hide
  std::vector<std::string> unmask;  ///< default masked or read-only paths to leave alone; "ALL"

  bool operator==(const ContainerConfig&) const = default;
};
BOOST_DESCRIBE_STRUCT(ContainerConfig, (),
                      (image, rootfs, rootfs_overlay, host_root, name, entrypoint, command, env, workdir, user, groups,
                       hostname, labels, tty, interactive, detach, remove, init, stop_signal, stop_timeout, cidfile,
                       mounts, read_only, shm_size, network, memory, nano_cpus, pids_limit, ulimits, devices, sysctls,
                       privileged, cap_add, cap_drop, no_new_privileges, seccomp, mask, unmask))
constexpr json::Options json_options(const ContainerConfig*) { return {.style = json::Style::snake}; }

/// What `gantry exec` was asked for.
struct ExecConfig {
  std::vector<std::string> command;
  std::vector<std::string> env;  ///< on top of the container's
  std::string workdir;           ///< empty: the container's
  std::string user;              ///< empty: the container's
  bool tty = false;
  bool interactive = false;
  bool detach = false;
  bool privileged = false;
  std::string detach_keys = "ctrl-p,ctrl-q";
};

}  // namespace gantry::engine
