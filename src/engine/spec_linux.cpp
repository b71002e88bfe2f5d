#include "base/file.hpp"
#include "engine/options.hpp"
#include "engine/seccomp.hpp"
#include "engine/spec.hpp"
#include "linux/cgroup.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>

namespace gantry::engine {

namespace {

/// What docker and podman hide of the kernel: what tells about the host, or changes it.
constexpr const char* kMaskedPaths[] = {"/proc/acpi",        "/proc/asound",   "/proc/interrupts",
                                        "/proc/kcore",       "/proc/keys",     "/proc/latency_stats",
                                        "/proc/sched_debug", "/proc/scsi",     "/proc/timer_list",
                                        "/proc/timer_stats", "/sys/dev/block", "/sys/devices/virtual/powercap",
                                        "/sys/firmware",     "/sys/fs/selinux"};
constexpr const char* kReadonlyPaths[] = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};

bool is_unmasked(const ContainerConfig& config, std::string_view path) {
  return config.privileged || std::ranges::any_of(config.unmask, [&](const std::string& unmasked) {
           return unmasked == path || unmasked == "ALL" || unmasked == "all";
         });
}

void add_paths(const ContainerConfig& config, oci::Linux& part) {
  for (const char* path : kMaskedPaths)
    if (!is_unmasked(config, path)) part.masked_paths.emplace_back(path);
  for (const char* path : kReadonlyPaths)
    if (!is_unmasked(config, path)) part.readonly_paths.emplace_back(path);
  part.masked_paths.insert(part.masked_paths.end(), config.mask.begin(), config.mask.end());
}

void add_namespace(const NamespaceUse& use, oci::NamespaceType type, oci::Linux& part) {
  if (use.own || !use.path.empty()) part.namespaces.push_back({type, use.path});
}

void add_namespaces(const SpecInput& input, oci::Linux& part) {
  using enum oci::NamespaceType;
  const Namespaces& spaces = input.namespaces;
  if (!spaces.user.path.empty()) {
    part.namespaces.push_back({user, spaces.user.path});
  } else if (input.maps) {
    part.namespaces.push_back({user, ""});
    for (const auto& map : input.maps->uids) part.uid_mappings.push_back({map.inside, map.outside, map.count});
    for (const auto& map : input.maps->gids) part.gid_mappings.push_back({map.inside, map.outside, map.count});
  }
  part.namespaces.push_back({mount, ""});
  add_namespace(spaces.pid, pid, part);
  add_namespace(spaces.ipc, ipc, part);
  add_namespace(spaces.uts, uts, part);
  add_namespace(spaces.network, network, part);
  const bool has_cgroup = linux::cgroup_mode() != linux::CgroupMode::none && input.config.cgroups != "disabled";
  if (has_cgroup) add_namespace(spaces.cgroup, cgroup, part);
}

Result<oci::Device> read_device(const std::string& source, const std::string& target) {
  struct stat info;
  if (stat(source.c_str(), &info) < 0)
    return Error::system("device {}", source).with_cure("drop the --device that names it");
  if (!S_ISCHR(info.st_mode) && !S_ISBLK(info.st_mode))
    return fail(Code::invalid, "{} is not a device", source).with_cure("mount it with -v instead of --device");
  return oci::Device{.path = target,
                     .type = S_ISBLK(info.st_mode) ? oci::DeviceType::block : oci::DeviceType::character,
                     .major = major(info.st_rdev),
                     .minor = minor(info.st_rdev),
                     .file_mode = info.st_mode & 0777,
                     .uid = 0,
                     .gid = 0};
}

oci::DeviceRule allow(const oci::Device& device, const std::string& access) {
  return {true, device.type == oci::DeviceType::block ? "b" : "c", device.major, device.minor, access};
}

Result<> add_devices(const ContainerConfig& config, oci::Linux& part, oci::Resources& resources) {
  resources.devices.push_back({.allow = config.privileged, .access = "rwm"});
  for (const auto& device : config.devices) {
    part.devices.push_back(TRY(read_device(device.source, device.target)));
    resources.devices.push_back(allow(part.devices.back(), device.access));
  }
  for (const auto& rule : config.device_rules) resources.devices.push_back(TRY(parse_device_rule(rule)));
  if (!config.privileged) return {};
  for (const auto& name : TRY(list_folder("/dev"))) {
    // Terminals and what the runtime makes itself are the container's own.
    const std::string path = "/dev/" + name;
    auto device = read_device(path, path);
    constexpr std::int64_t kMemory = 1, kTerminals = 5;
    if (device && device->major != kMemory && device->major != kTerminals) part.devices.push_back(std::move(*device));
  }
  return {};
}

/// Without cgroups only what the user did not ask for can be left out.
Result<> refuse_limits(const ContainerConfig& config) {
  const oci::Resources asked = TRY(build_limits(config));
  const bool only_default = asked.pids && config.pids_limit == 0;
  oci::Resources rest = asked;
  if (only_default) rest.pids.reset();
  if (rest == oci::Resources()) return {};
  return fail(Code::unsupported, "no cgroup can be used here to limit memory, CPUs, devices or processes")
      .with_cure("run as root on a host with cgroups, or drop --memory, --cpus, --pids-limit and their kin");
}

}  // namespace

std::string cgroup_path(const ContainerConfig& config, const std::string& id) {
  return (config.cgroup_parent.empty() ? "/gantry" : config.cgroup_parent) + "/" + id;
}

Result<oci::Linux> build_linux(const SpecInput& input, const oci::Capabilities& capabilities) {
  const ContainerConfig& config = input.config;
  oci::Linux part;
  if (input.limits) part.resources = TRY(build_limits(config));
  else TRY(refuse_limits(config));
  TRY(add_devices(config, part, part.resources ? *part.resources : part.resources.emplace()));
  if (config.cgroups != "disabled") part.cgroups_path = cgroup_path(config, input.id);
  add_namespaces(input, part);
  add_paths(config, part);
  part.sysctl = config.sysctls;
  part.seccomp = TRY(build_seccomp(config, capabilities));
  part.rootfs_propagation = "private";
  if (!config.rdt_class.empty()) part.intel_rdt = oci::IntelRdt{.clos_id = config.rdt_class};
  if (!config.personality.empty())
    part.personality = oci::Personality{config.personality == "LINUX32" ? oci::PersonalityDomain::linux_32
                                                                        : oci::PersonalityDomain::linux_64};
  return part;
}

}  // namespace gantry::engine
