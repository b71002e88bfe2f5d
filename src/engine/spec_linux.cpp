#include "base/file.hpp"
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

constexpr std::int64_t kDefaultPids = 2048;
constexpr std::uint64_t kCpuPeriod = 100'000;  // microseconds

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

void add_namespaces(const SpecInput& input, oci::Linux& part) {
  using enum oci::NamespaceType;
  if (input.maps) {
    part.namespaces.push_back({user, ""});
    for (const auto& map : input.maps->uids) part.uid_mappings.push_back({map.inside, map.outside, map.count});
    for (const auto& map : input.maps->gids) part.gid_mappings.push_back({map.inside, map.outside, map.count});
  }
  for (auto type : {mount, pid, ipc, uts}) part.namespaces.push_back({type, ""});
  if (input.config.network != "host") part.namespaces.push_back({network, input.network_namespace});
  if (linux::cgroup_mode() != linux::CgroupMode::none) part.namespaces.push_back({cgroup, ""});
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

Result<> add_limits(const SpecInput& input, oci::Resources& resources) {
  const ContainerConfig& config = input.config;
  const bool asked = config.memory != 0 || config.nano_cpus != 0 || config.pids_limit > 0;
  if (!input.limits) {
    if (!asked) return {};
    return fail(Code::unsupported, "no cgroup can be used here to limit memory, CPUs or processes")
        .with_cure("run as root on a host with cgroups, or drop --memory, --cpus and --pids-limit");
  }
  if (config.memory != 0) {
    // As docker and podman: as much again of swap.
    const auto limit = static_cast<std::int64_t>(config.memory);
    resources.memory = oci::MemoryLimits{.limit = limit, .swap = 2 * limit};
  }
  if (config.nano_cpus != 0) {
    const auto quota = std::max<std::uint64_t>(config.nano_cpus * kCpuPeriod / 1'000'000'000, 1000);
    resources.cpu = oci::CpuLimits{.quota = static_cast<std::int64_t>(quota), .period = kCpuPeriod};
  }
  const std::int64_t pids = config.pids_limit == 0 ? kDefaultPids : config.pids_limit;
  if (pids > 0) resources.pids = oci::PidsLimit{pids};
  return {};
}

}  // namespace

Result<oci::Linux> build_linux(const SpecInput& input, const oci::Capabilities& capabilities) {
  const ContainerConfig& config = input.config;
  oci::Linux part;
  oci::Resources resources;
  TRY(add_devices(config, part, resources));
  TRY(add_limits(input, resources));
  part.resources = std::move(resources);
  part.cgroups_path = "/gantry/" + input.id;
  add_namespaces(input, part);
  add_paths(config, part);
  part.sysctl = config.sysctls;
  part.seccomp = TRY(build_seccomp(config, capabilities));
  part.rootfs_propagation = "private";
  return part;
}

}  // namespace gantry::engine
