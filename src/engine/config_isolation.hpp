#pragma once

#include "base/json_options.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace gantry::engine {

/// A host device node that the container may use.
struct Device {
  std::string source;          ///< absolute path on the host
  std::string target;          ///< absolute path inside the container
  std::string access = "rwm";  ///< of r, w, m

  bool operator==(const Device&) const = default;
};
BOOST_DESCRIBE_STRUCT(Device, (), (source, target, access))

/// A line of uid_map or gid_map.
struct IdRange {
  std::uint32_t inside = 0;
  std::uint32_t outside = 0;  ///< in the namespace that gantry was called in
  std::uint32_t count = 0;

  bool operator==(const IdRange&) const = default;
};
BOOST_DESCRIBE_STRUCT(IdRange, (), (inside, outside, count))

/// Which namespaces are the container's own. A mode is "private", "host", "container:ID" or "ns:PATH" and what is said
/// beside it; empty: the default. The network's is in NetworkConfig.
struct NamespaceConfig {
  std::string pid;
  std::string ipc;  ///< also "none", "shareable"
  std::string uts;
  std::string cgroupns;
  std::string userns;            ///< also "auto", "keep-id", "nomap", with options after a colon
  std::vector<IdRange> uid_map;  ///< of a user namespace that is made; empty: by `userns`
  std::vector<IdRange> gid_map;
  std::string subuid_name;  ///< whose ranges of /etc/subuid are taken
  std::string subgid_name;
  std::string hostname;  ///< empty: the first 12 figures of the id
  std::string domainname;

  bool operator==(const NamespaceConfig&) const = default;
};
BOOST_DESCRIBE_STRUCT(NamespaceConfig, (),
                      (pid, ipc, uts, cgroupns, userns, uid_map, gid_map, subuid_name, subgid_name, hostname,
                       domainname))

/// What the container may do.
struct SecurityConfig {
  bool privileged = false;
  std::vector<std::string> cap_add;  ///< "NET_ADMIN", "CAP_NET_ADMIN", "ALL"
  std::vector<std::string> cap_drop;
  bool no_new_privileges = false;
  std::string seccomp;                     ///< empty: the default profile; "unconfined"; or the path of a profile
  std::string apparmor;                    ///< name of a profile, "unconfined"; empty: the host's default
  std::vector<std::string> label_options;  ///< of SELinux: "disable", "type:NAME", …
  std::vector<std::string> mask;           ///< further paths to hide
  std::vector<std::string> unmask;         ///< default masked or read-only paths to leave alone; "ALL"
  std::vector<Device> devices;
  std::vector<std::string> device_rules;   ///< "c 1:3 rwm", as --device-cgroup-rule has them
  std::vector<std::string> cdi_devices;    ///< "vendor.com/class=name"
  std::vector<std::string> cdi_spec_dirs;  ///< absolute folders; empty: /etc/cdi and /var/run/cdi
  std::map<std::string, std::string> sysctls;

  bool operator==(const SecurityConfig&) const = default;
};
BOOST_DESCRIBE_STRUCT(SecurityConfig, (),
                      (privileged, cap_add, cap_drop, no_new_privileges, seccomp, apparmor, label_options, mask, unmask,
                       devices, device_rules, cdi_devices, cdi_spec_dirs, sysctls))

}  // namespace gantry::engine
