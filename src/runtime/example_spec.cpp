#include "runtime/runtime.hpp"

#include <unistd.h>

namespace gantry::runtime {

namespace {

std::vector<oci::Mount> standard_mounts(bool rootless) {
  std::vector<oci::Mount> mounts{
      {"/proc", "proc", "proc", {}, {}, {}},
      {"/dev", "tmpfs", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}, {}, {}},
      {"/dev/pts", "devpts", "devpts", {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"}, {}, {}},
      {"/dev/shm", "tmpfs", "shm", {"nosuid", "noexec", "nodev", "mode=1777", "size=65536k"}, {}, {}},
      {"/dev/mqueue", "mqueue", "mqueue", {"nosuid", "noexec", "nodev"}, {}, {}},
  };
  if (rootless) {
    // A sysfs can only be mounted by who owns the network namespace.
    mounts.push_back({"/sys", "none", "/sys", {"rbind", "nosuid", "noexec", "nodev", "ro"}, {}, {}});
    return mounts;
  }
  mounts[2].options.push_back("gid=5");
  mounts.push_back({"/sys", "sysfs", "sysfs", {"nosuid", "noexec", "nodev", "ro"}, {}, {}});
  mounts.push_back({"/sys/fs/cgroup", "cgroup", "cgroup", {"nosuid", "noexec", "nodev", "relatime", "ro"}, {}, {}});
  return mounts;
}

oci::Linux standard_linux(bool rootless) {
  using enum oci::NamespaceType;
  oci::Linux section;
  for (auto type : {pid, ipc, uts, mount, cgroup}) section.namespaces.push_back({type, ""});
  if (rootless) {
    section.namespaces.push_back({user, ""});
    section.uid_mappings.push_back({0, geteuid(), 1});
    section.gid_mappings.push_back({0, getegid(), 1});
  } else {
    section.namespaces.push_back({network, ""});
    section.resources.emplace().devices.push_back({.allow = false, .access = "rwm"});
  }
  section.masked_paths = {"/proc/acpi",          "/proc/asound",     "/proc/kcore",       "/proc/keys",
                          "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug",
                          "/sys/firmware",       "/proc/scsi"};
  section.readonly_paths = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};
  return section;
}

}  // namespace

oci::Spec example_spec(bool rootless) {
  oci::Spec spec;
  spec.oci_version = oci::kRuntimeSpecVersion;
  spec.root = oci::Root{"rootfs", true};
  spec.hostname = "gantry";
  oci::Process& process = spec.process.emplace();
  process.terminal = true;
  process.args = {"sh"};
  process.env = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"};
  process.cwd = "/";
  std::vector<std::string> capabilities{"CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"};
  process.capabilities = oci::Capabilities{capabilities, capabilities, {}, capabilities, {}};
  process.rlimits = {{oci::RlimitType::nofile, 1024, 1024}};
  process.no_new_privileges = true;
  spec.mounts = standard_mounts(rootless);
  spec.linux = standard_linux(rootless);
  return spec;
}

}  // namespace gantry::runtime
