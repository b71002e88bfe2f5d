#include "base/text.hpp"
#include "oci/runtime_validate.hpp"

#include <algorithm>
#include <array>

namespace gantry::oci {

namespace {

Result<> validate_device_rules(const std::vector<DeviceRule>& rules, const std::string& path) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const DeviceRule& rule = rules[i];
    const std::string here = fmt::format("{}/{}", path, i);
    if (rule.type != "" && rule.type != "a" && rule.type != "c" && rule.type != "b")
      return bad_member(here + "/type", "'{}' is not one of a, b, c", rule.type);
    if (rule.access.find_first_not_of("rwm") != std::string::npos)
      return bad_member(here + "/access", "'{}' is not made of r, w and m", rule.access);
    if (rule.major.value_or(0) < -1 || rule.minor.value_or(0) < -1)
      return bad_member(here, "a device number is negative");
  }
  return {};
}

Result<> validate_memory(const MemoryLimits& memory, const std::string& path) {
  struct Limit {
    const char* name;
    const std::optional<std::int64_t>& value;
  };
  const std::array<Limit, 5> limits{{{"limit", memory.limit},
                                     {"reservation", memory.reservation},
                                     {"swap", memory.swap},
                                     {"kernel", memory.kernel},
                                     {"kernelTCP", memory.kernel_tcp}}};
  for (const Limit& limit : limits)
    if (limit.value.value_or(0) < -1)
      return bad_member(fmt::format("{}/{}", path, limit.name), "{} is below -1, which is unlimited", *limit.value);
  if (memory.swappiness.value_or(0) > 100)
    return bad_member(path + "/swappiness", "{} is not in the range 0 to 100", *memory.swappiness);
  if (memory.swap.value_or(0) > 0 && memory.limit.value_or(0) > *memory.swap)
    return bad_member(path + "/swap", "{} is below the limit of memory alone, {}", *memory.swap, *memory.limit);
  return {};
}

Result<> validate_cpu(const CpuLimits& cpu, const std::string& path) {
  if (cpu.quota.value_or(0) > 0 && cpu.burst.value_or(0) > static_cast<std::uint64_t>(*cpu.quota))
    return bad_member(path + "/burst", "{} is above the quota, {}", *cpu.burst, *cpu.quota);
  if (!cpu.cpus.empty()) TRY(check_number_list(path + "/cpus", cpu.cpus));
  if (!cpu.mems.empty()) TRY(check_number_list(path + "/mems", cpu.mems));
  if (cpu.idle && *cpu.idle != 0 && *cpu.idle != 1) return bad_member(path + "/idle", "{} is not 0 or 1", *cpu.idle);
  return {};
}

Result<> check_weight(const std::string& path, const std::optional<std::uint16_t>& weight) {
  if (!weight || *weight == 0 || (*weight >= 10 && *weight <= 1000)) return {};
  return bad_member(path, "{} is not in the range 10 to 1000", *weight);
}

Result<> validate_block_io(const BlockIo& io, const std::string& path) {
  TRY(check_weight(path + "/weight", io.weight));
  TRY(check_weight(path + "/leafWeight", io.leaf_weight));
  for (std::size_t i = 0; i < io.weight_device.size(); ++i) {
    const WeightDevice& device = io.weight_device[i];
    const std::string here = fmt::format("{}/weightDevice/{}", path, i);
    if (!device.weight && !device.leaf_weight) return bad_member(here, "it has neither weight nor leafWeight");
    TRY(check_weight(here + "/weight", device.weight));
    TRY(check_weight(here + "/leafWeight", device.leaf_weight));
  }
  return {};
}

/// "2MB": a number and a unit, as in the names of the kernel's files.
Result<> validate_page_size(const std::string& size, const std::string& path) {
  const auto digits = std::min(size.find_first_not_of("0123456789"), size.size());
  const std::string_view unit = std::string_view(size).substr(digits);
  if (digits > 0 && (unit == "KB" || unit == "MB" || unit == "GB")) return {};
  return bad_member(path, "'{}' is not a page size such as 2MB", size);
}

}  // namespace

Result<> validate_resources(const Resources& resources, std::string_view path) {
  const std::string at(path);
  TRY(validate_device_rules(resources.devices, at + "/devices"));
  if (resources.memory) TRY(validate_memory(*resources.memory, at + "/memory"));
  if (resources.cpu) TRY(validate_cpu(*resources.cpu, at + "/cpu"));
  if (resources.block_io) TRY(validate_block_io(*resources.block_io, at + "/blockIO"));
  for (std::size_t i = 0; i < resources.hugepage_limits.size(); ++i)
    TRY(validate_page_size(resources.hugepage_limits[i].page_size,
                           fmt::format("{}/hugepageLimits/{}/pageSize", at, i)));
  for (const auto& [device, limit] : resources.rdma)
    if (!limit.hca_handles && !limit.hca_objects)
      return bad_member(fmt::format("{}/rdma/{}", at, device), "it has neither hcaHandles nor hcaObjects");
  for (const auto& [file, value] : resources.unified)
    if (file.empty() || file.find('/') != std::string::npos || file.starts_with('.'))
      return bad_member(at + "/unified", "'{}' is not the name of a file in a cgroup", file);
  return {};
}

namespace {

/// The namespace that a sysctl belongs to (namespaces(7)); nothing when it is of the whole machine.
std::optional<NamespaceType> namespace_of_sysctl(std::string_view name) {
  constexpr std::array<std::string_view, 8> kIpc{"kernel.msgmax", "kernel.msgmnb",         "kernel.msgmni",
                                                 "kernel.sem",    "kernel.shmall",         "kernel.shmmax",
                                                 "kernel.shmmni", "kernel.shm_rmid_forced"};
  if (name.starts_with("net.")) return NamespaceType::network;
  if (name.starts_with("fs.mqueue.") || std::ranges::find(kIpc, name) != kIpc.end()) return NamespaceType::ipc;
  if (name.starts_with("user.")) return NamespaceType::user;
  if (name == "kernel.domainname") return NamespaceType::uts;
  return {};
}

}  // namespace

Result<> validate_sysctl(const Spec& spec, std::string_view path) {
  constexpr std::string_view kNameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@";
  for (const auto& [given, value] : spec.linux->sysctl) {
    // With '/' as the separator, '.' is part of a name: net/ipv4/conf/eth0.100/forwarding (sysctl(8)).
    std::string name = given;
    const auto separator = name.find_first_of("./");
    if (separator != std::string::npos && name[separator] == '/') std::ranges::replace(name, '/', '.');
    const bool climbs = given.find("..") != std::string::npos || given.find("//") != std::string::npos;
    if (given.find_first_not_of(kNameCharacters) != std::string::npos || climbs || given.starts_with('/'))
      return bad_member(path, "'{}' is not the name of a sysctl", given);
    if (value.find('\n') != std::string::npos) return bad_member(path, "the value of '{}' has a line break", given);
    if (name == "kernel.hostname") return bad_member(path, "'{}' is set by the member 'hostname'", given);
    const auto type = namespace_of_sysctl(name);
    if (!type) return bad_member(path, "'{}' is not namespaced, it would change the host", given);
    if (find_namespace(spec, *type) == nullptr)
      return bad_member(path, "'{}' would change the host, as linux.namespaces has no namespace for it", given);
  }
  return {};
}

}  // namespace gantry::oci
