#include "runtime/resources.hpp"

#include "base/text.hpp"
#include "linux/cgroup_device.hpp"
#include "runtime/resources_write.hpp"

namespace gantry::runtime {

namespace {

Result<> apply_pids(const linux::Cgroup& cgroup, const oci::PidsLimit& pids) {
  if (!pids.limit) return {};
  std::string limit = *pids.limit > 0 ? fmt::format("{}", *pids.limit) : "max";
  return set_limit(cgroup, "pids", "pids.max", limit, "pids/limit");
}

/// Both what may be reserved and what may be used: reservations alone would let MAP_NORESERVE pass.
Result<> apply_hugepages(const linux::Cgroup& cgroup, const std::vector<oci::HugepageLimit>& limits) {
  const char* suffix = cgroup.is_v2("hugetlb") ? "max" : "limit_in_bytes";
  for (const auto& page : limits) {
    std::string limit = fmt::format("{}", page.limit);
    auto file = [&](const char* kind) { return fmt::format("hugetlb.{}.{}{}", page.page_size, kind, suffix); };
    TRY(set_limit(cgroup, "hugetlb", file(""), limit, "hugepageLimits"));
    TRY(set_limit_if_there(cgroup, "hugetlb", file("rsvd."), limit, "hugepageLimits"));
  }
  return {};
}

/// Controllers of v1 alone.
Result<> apply_network(const linux::Cgroup& cgroup, const oci::NetworkLimits& network) {
  if (network.class_id)
    TRY(set_limit(cgroup, "net_cls", "net_cls.classid", fmt::format("{}", *network.class_id), "network/classID"));
  for (const auto& device : network.priorities)
    TRY(set_limit(cgroup, "net_prio", "net_prio.ifpriomap", fmt::format("{} {}", device.name, device.priority),
                  "network/priorities"));
  return {};
}

Result<> apply_rdma(const linux::Cgroup& cgroup, const std::map<std::string, oci::RdmaLimit>& devices) {
  for (const auto& [device, limit] : devices) {
    std::string text = device;
    if (limit.hca_handles) text += fmt::format(" hca_handle={}", *limit.hca_handles);
    if (limit.hca_objects) text += fmt::format(" hca_object={}", *limit.hca_objects);
    TRY(set_limit(cgroup, "rdma", "rdma.max", text, "rdma"));
  }
  return {};
}

Result<> apply_unified(const linux::Cgroup& cgroup, const std::map<std::string, std::string>& unified) {
  for (const auto& [file, value] : unified) {
    std::string_view word = cut(file, '.').before;
    std::string_view controller = word == "cgroup" ? std::string_view() : word;
    if (!cgroup.is_v2(controller))
      return cannot_limit("unified", fmt::format("{} is a file of cgroup v2, which this host has not for it", file));
    TRY(set_limit(cgroup, controller, file, value, "unified"));
  }
  return {};
}

}  // namespace

Result<> set_limit(const linux::Cgroup& cgroup, std::string_view controller, const std::string& file,
                   std::string_view value, std::string_view member) {
  return with_context(cgroup.write(controller, file, value), "/linux/resources/{}", member);
}

Result<bool> set_limit_if_there(const linux::Cgroup& cgroup, std::string_view controller, const std::string& file,
                                std::string_view value, std::string_view member) {
  auto written = set_limit(cgroup, controller, file, value, member);
  if (written) return true;
  if (written.error().code() == Code::not_found) return false;
  return std::move(written.error());
}

Error cannot_limit(std::string_view member, std::string_view why) {
  return fail(Code::unsupported, "/linux/resources/{}: {}", member, why).with_cure("drop it from the config");
}

std::vector<std::string_view> controllers_for(const std::optional<oci::Resources>& resources) {
  std::vector<std::string_view> wanted{"memory", "cpu", "cpuacct", "pids", "devices"};
  if (!resources) return wanted;
  if (resources->cpu && !(resources->cpu->cpus.empty() && resources->cpu->mems.empty())) wanted.push_back("cpuset");
  if (resources->block_io) wanted.insert(wanted.end(), {"blkio", "io"});
  if (!resources->hugepage_limits.empty()) wanted.push_back("hugetlb");
  if (!resources->rdma.empty()) wanted.push_back("rdma");
  if (resources->network) wanted.insert(wanted.end(), {"net_cls", "net_prio"});
  for (const auto& [file, value] : resources->unified) wanted.push_back(cut(file, '.').before);
  return wanted;
}

bool has_limits(const std::optional<oci::Resources>& resources) {
  if (!resources) return false;
  oci::Resources limits = *resources;
  limits.devices.clear();
  return limits != oci::Resources{};
}

Result<> apply_resources(const linux::Cgroup& cgroup, const oci::Resources& resources) {
  if (resources.memory) TRY(apply_memory(cgroup, *resources.memory));
  if (resources.cpu) TRY(apply_cpu(cgroup, *resources.cpu));
  if (resources.pids) TRY(apply_pids(cgroup, *resources.pids));
  if (resources.block_io) TRY(apply_block_io(cgroup, *resources.block_io));
  TRY(apply_hugepages(cgroup, resources.hugepage_limits));
  if (resources.network) TRY(apply_network(cgroup, *resources.network));
  TRY(apply_rdma(cgroup, resources.rdma));
  return apply_unified(cgroup, resources.unified);
}

Result<> apply_device_rules(const linux::Cgroup& cgroup, const std::vector<oci::DeviceRule>& rules) {
  std::vector<linux::DeviceRule> all;
  auto number = [](const std::optional<std::int64_t>& value) -> std::optional<std::uint32_t> {
    if (!value || *value < 0) return std::nullopt;
    return static_cast<std::uint32_t>(*value);
  };
  for (const auto& rule : rules) {
    char type = rule.type.empty() ? 'a' : rule.type[0];
    all.push_back(
        {rule.allow, type, number(rule.major), number(rule.minor), rule.access.empty() ? "rwm" : rule.access});
  }
  // Making a node is harmless where opening it is not allowed.
  all.push_back({true, 'c', {}, {}, "m"});
  all.push_back({true, 'b', {}, {}, "m"});
  for (auto [major, minor] : {std::pair{1u, 3u}, {1u, 5u}, {1u, 7u}, {1u, 8u}, {1u, 9u}, {5u, 0u}, {5u, 2u}})
    all.push_back({true, 'c', major, minor, "rwm"});
  all.push_back({true, 'c', 136u, {}, "rwm"});
  return linux::set_device_rules(cgroup, all);
}

}  // namespace gantry::runtime
