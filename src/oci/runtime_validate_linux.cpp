#include "oci/runtime_validate.hpp"

#include <algorithm>
#include <array>

namespace gantry::oci {

namespace {

Result<> validate_namespaces(const std::vector<Namespace>& namespaces) {
  for (std::size_t i = 0; i < namespaces.size(); ++i) {
    const std::string path = fmt::format("/linux/namespaces/{}", i);
    if (!namespaces[i].path.empty()) TRY(check_absolute(path + "/path", namespaces[i].path));
    for (std::size_t before = 0; before < i; ++before)
      if (namespaces[before].type == namespaces[i].type)
        return bad_member(path + "/type", "entry {} is of the same type", before);
  }
  return {};
}

/// As the kernel has it (user_namespaces(7)): ranges that are not empty, do not wrap and do not overlap.
Result<> validate_mappings(const std::vector<IdMapping>& mappings, std::string_view path) {
  constexpr std::uint64_t kEnd = std::uint64_t{1} << 32;
  constexpr std::size_t kMaxMappings = 340;
  if (mappings.size() > kMaxMappings) return bad_member(path, "there are more than {} entries", kMaxMappings);
  auto overlap = [](std::uint64_t a, std::uint64_t a_size, std::uint64_t b, std::uint64_t b_size) {
    return a < b + b_size && b < a + a_size;
  };
  for (std::size_t i = 0; i < mappings.size(); ++i) {
    const IdMapping& one = mappings[i];
    const std::string here = fmt::format("{}/{}", path, i);
    if (one.size == 0) return bad_member(here + "/size", "it is 0");
    if (std::uint64_t{one.container_id} + one.size > kEnd || std::uint64_t{one.host_id} + one.size > kEnd)
      return bad_member(here, "the range ends past the greatest ID");
    for (std::size_t before = 0; before < i; ++before) {
      const IdMapping& other = mappings[before];
      if (overlap(one.container_id, one.size, other.container_id, other.size) ||
          overlap(one.host_id, one.size, other.host_id, other.size))
        return bad_member(here, "the range overlaps that of entry {}", before);
    }
  }
  return {};
}

Result<> validate_user_namespace(const Spec& spec) {
  TRY(validate_mappings(spec.linux->uid_mappings, "/linux/uidMappings"));
  TRY(validate_mappings(spec.linux->gid_mappings, "/linux/gidMappings"));
  const bool has_mappings = !spec.linux->uid_mappings.empty() || !spec.linux->gid_mappings.empty();
  if (has_mappings && find_namespace(spec, NamespaceType::user) == nullptr)
    return bad_member("/linux/uidMappings", "mappings need a user namespace, and linux.namespaces has no 'user'");
  for (std::size_t i = 0; i < spec.mounts.size(); ++i) {
    TRY(validate_mappings(spec.mounts[i].uid_mappings, fmt::format("/mounts/{}/uidMappings", i)));
    TRY(validate_mappings(spec.mounts[i].gid_mappings, fmt::format("/mounts/{}/gidMappings", i)));
  }
  return {};
}

Result<> validate_time_offsets(const Spec& spec) {
  for (const auto& [clock, offset] : spec.linux->time_offsets) {
    const std::string path = "/linux/timeOffsets/" + clock;
    if (clock != "monotonic" && clock != "boottime")
      return bad_member(path, "the clocks of a time namespace are monotonic and boottime");
    if (offset.nanosecs >= 1'000'000'000)
      return bad_member(path + "/nanosecs", "{} is a second or more", offset.nanosecs);
    if (find_namespace(spec, NamespaceType::time) == nullptr)
      return bad_member(path, "offsets need a time namespace, and linux.namespaces has no 'time'");
  }
  return {};
}

Result<> validate_devices(const std::vector<Device>& devices) {
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const std::string path = fmt::format("/linux/devices/{}", i);
    TRY(check_absolute(path + "/path", devices[i].path));
    if (devices[i].type == DeviceType::fifo) continue;
    if (!devices[i].major || !devices[i].minor) return bad_member(path, "major and minor are missing");
    // The kernel's dev_t: 12 bits of major, 20 of minor.
    if (*devices[i].major < 0 || *devices[i].major > 0xfff)
      return bad_member(path + "/major", "{} is not in the range 0 to 4095", *devices[i].major);
    if (*devices[i].minor < 0 || *devices[i].minor > 0xfffff)
      return bad_member(path + "/minor", "{} is not in the range 0 to 1048575", *devices[i].minor);
  }
  return {};
}

Result<> validate_propagation(std::string_view propagation) {
  constexpr std::array<std::string_view, 9> kKnown{"",       "private", "rprivate",   "slave",      "rslave",
                                                   "shared", "rshared", "unbindable", "runbindable"};
  if (std::ranges::find(kKnown, propagation) != kKnown.end()) return {};
  return bad_member("/linux/rootfsPropagation", "'{}' is not one of private, slave, shared, unbindable", propagation);
}

Result<> validate_paths(const std::vector<std::string>& files, std::string_view path) {
  for (std::size_t i = 0; i < files.size(); ++i) TRY(check_absolute(fmt::format("{}/{}", path, i), files[i]));
  return {};
}

Result<> validate_intel_rdt(const IntelRdt& rdt) {
  const bool is_root = rdt.clos_id == "/";
  if ((rdt.clos_id.find('/') != std::string::npos && !is_root) || rdt.clos_id == "." || rdt.clos_id == "..")
    return bad_member("/linux/intelRdt/closID", "'{}' is not the name of a folder", rdt.clos_id);
  if (!rdt.mem_bw_schema.empty() &&
      (!rdt.mem_bw_schema.starts_with("MB:") || rdt.mem_bw_schema.find('\n') != std::string::npos))
    return bad_member("/linux/intelRdt/memBwSchema", "'{}' is not one line that starts with MB:", rdt.mem_bw_schema);
  for (std::size_t i = 0; i < rdt.schemata.size(); ++i)
    if (rdt.schemata[i].find('\n') != std::string::npos)
      return bad_member(fmt::format("/linux/intelRdt/schemata/{}", i), "it has a line break");
  return {};
}

/// As the kernel has them (dev_valid_name), with room for the end.
bool is_device_name(std::string_view name) {
  constexpr std::size_t kMaxLength = 15;
  return !name.empty() && name.size() <= kMaxLength && name != "." && name != ".." &&
         name.find_first_of("/: \t\n\v\f\r") == std::string_view::npos;
}

/// A name inside may have one "%d" for a number.
bool is_device_pattern(std::string_view name) {
  const auto percent = name.find('%');
  if (percent == std::string_view::npos) return is_device_name(name);
  return is_device_name(name) && name.substr(percent, 2) == "%d" &&
         name.find('%', percent + 1) == std::string_view::npos;
}

Result<> validate_net_devices(const Spec& spec) {
  std::vector<std::string> inside;
  for (const auto& [outside, device] : spec.linux->net_devices) {
    const std::string path = "/linux/netDevices/" + outside;
    if (!is_device_name(outside)) return bad_member(path, "'{}' is not the name of a network device", outside);
    if (!device.name.empty() && !is_device_pattern(device.name))
      return bad_member(path + "/name", "'{}' is not the name of a network device", device.name);
    const std::string& name = device.name.empty() ? outside : device.name;
    if (name.find('%') == std::string::npos && std::ranges::find(inside, name) != inside.end())
      return bad_member(path + "/name", "another device becomes '{}' as well", name);
    inside.push_back(name);
    if (find_namespace(spec, NamespaceType::network) == nullptr)
      return bad_member(path, "moving it in needs a network namespace, and linux.namespaces has no 'network'");
  }
  return {};
}

/// What set_mempolicy(2) takes with each mode.
Result<> validate_memory_policy(const MemoryPolicy& policy) {
  const std::string path = "/linux/memoryPolicy";
  using enum MemoryPolicyMode;
  if (!policy.nodes.empty()) TRY(check_number_list(path + "/nodes", policy.nodes));
  const bool has_no_nodes = policy.mode == default_ || policy.mode == local;
  if (has_no_nodes && !policy.nodes.empty())
    return bad_member(path + "/nodes", "MPOL_DEFAULT and MPOL_LOCAL take no nodes");
  if (!has_no_nodes && policy.nodes.empty() && policy.mode != preferred)
    return bad_member(path + "/nodes", "this mode needs nodes");
  const bool is_fixed = std::ranges::find(policy.flags, MemoryPolicyFlag::static_nodes) != policy.flags.end();
  const bool is_relative = std::ranges::find(policy.flags, MemoryPolicyFlag::relative_nodes) != policy.flags.end();
  if (is_fixed && is_relative)
    return bad_member(path + "/flags", "MPOL_F_STATIC_NODES and MPOL_F_RELATIVE_NODES exclude each other");
  return {};
}

/// A path that climbs would name a cgroup of someone else.
Result<> validate_cgroups_path(std::string_view cgroup) {
  const std::string bounded = fmt::format("/{}/", cgroup);
  if (bounded.find("/../") == std::string::npos) return {};
  return bad_member("/linux/cgroupsPath", "'{}' has '..' in it", cgroup);
}

}  // namespace

Result<> validate_linux(const Spec& spec) {
  const Linux& linux = *spec.linux;
  TRY(validate_namespaces(linux.namespaces));
  TRY(validate_user_namespace(spec));
  TRY(validate_time_offsets(spec));
  TRY(validate_devices(linux.devices));
  TRY(validate_cgroups_path(linux.cgroups_path));
  if (linux.resources) TRY(validate_resources(*linux.resources, "/linux/resources"));
  TRY(validate_sysctl(spec, "/linux/sysctl"));
  if (linux.seccomp) TRY(validate_seccomp(*linux.seccomp, "/linux/seccomp"));
  TRY(validate_propagation(linux.rootfs_propagation));
  TRY(validate_paths(linux.masked_paths, "/linux/maskedPaths"));
  TRY(validate_paths(linux.readonly_paths, "/linux/readonlyPaths"));
  if (linux.intel_rdt) TRY(validate_intel_rdt(*linux.intel_rdt));
  TRY(validate_net_devices(spec));
  if (linux.memory_policy) TRY(validate_memory_policy(*linux.memory_policy));
  if (linux.personality && !linux.personality->flags.empty())
    return fail(Code::unsupported, "/linux/personality/flags: '{}' is not known", linux.personality->flags[0]);
  return {};
}

Result<> validate_seccomp(const Seccomp& seccomp, std::string_view path) {
  const std::string at(path);
  auto takes_errno = [](SeccompAction action) {
    return action == SeccompAction::errno_ || action == SeccompAction::trace;
  };
  if (seccomp.default_errno_ret && !takes_errno(seccomp.default_action))
    return bad_member(at + "/defaultErrnoRet", "only SCMP_ACT_ERRNO and SCMP_ACT_TRACE take an errno");
  if (seccomp.default_action == SeccompAction::notify)
    return bad_member(at + "/defaultAction", "SCMP_ACT_NOTIFY would wait for an agent before it can be reached");
  if (!seccomp.listener_metadata.empty() && seccomp.listener_path.empty())
    return bad_member(at + "/listenerMetadata", "it is given without a listenerPath");
  for (std::size_t i = 0; i < seccomp.syscalls.size(); ++i) {
    const SeccompSyscalls& rule = seccomp.syscalls[i];
    const std::string here = fmt::format("{}/syscalls/{}", path, i);
    if (rule.names.empty()) return bad_member(here + "/names", "it is empty");
    if (rule.errno_ret && !takes_errno(rule.action))
      return bad_member(here + "/errnoRet", "only SCMP_ACT_ERRNO and SCMP_ACT_TRACE take an errno");
    if (rule.action == SeccompAction::notify && seccomp.listener_path.empty())
      return bad_member(here + "/action", "SCMP_ACT_NOTIFY needs a listenerPath");
    for (const SeccompArg& arg : rule.args)
      if (arg.index > 5) return bad_member(here + "/args", "{} is not an argument's index, 0 to 5", arg.index);
  }
  return {};
}

}  // namespace gantry::oci
