#include "runtime/resources_write.hpp"

#include <cerrno>

namespace gantry::runtime {

namespace {

/// 0 leaves a limit alone, as runc has it: that is what an unset member becomes on its way through Go.
bool is_set(const std::optional<std::int64_t>& limit) { return limit.value_or(0) != 0; }
bool is_limited(const std::optional<std::int64_t>& limit) { return limit.value_or(0) > 0; }

std::string v2_text(std::int64_t limit) { return limit < 0 ? "max" : fmt::format("{}", limit); }

/// v1 refuses a limit below what is in use, v2 kills for it.
Result<> check_usage(const linux::Cgroup& cgroup, const oci::MemoryLimits& memory) {
  if (!memory.check_before_update.value_or(false) || !is_limited(memory.limit)) return {};
  auto usage = parse_unsigned(trim(TRY(cgroup.read("memory", "memory.current"))));
  if (!usage || *usage <= static_cast<std::uint64_t>(*memory.limit)) return {};
  return fail(Code::busy, "/linux/resources/memory/limit: {} bytes are in use, more than {}", *usage, *memory.limit)
      .with_cure("ask for more, or drop checkBeforeUpdate");
}

Result<> set_swap_v2(const linux::Cgroup& cgroup, const oci::MemoryLimits& memory) {
  if (!is_set(memory.swap)) return {};
  std::int64_t swap = *memory.swap;
  if (swap > 0) {
    // v1 counts memory and swap together, v2 apart.
    if (!is_limited(memory.limit))
      return cannot_limit("memory/swap", "cgroup v2 counts swap alone, which takes a memory limit to work out");
    swap -= *memory.limit;
  }
  // A kernel without swap accounting has no such file; without swap there is nothing to limit.
  TRY(set_limit_if_there(cgroup, "memory", "memory.swap.max", v2_text(swap), "memory/swap"));
  return {};
}

Result<> apply_memory_v2(const linux::Cgroup& cgroup, const oci::MemoryLimits& memory) {
  if (is_limited(memory.kernel)) return cannot_limit("memory/kernel", "cgroup v2 does not limit it apart");
  if (is_limited(memory.kernel_tcp)) return cannot_limit("memory/kernelTCP", "cgroup v2 does not limit it apart");
  if (memory.swappiness) return cannot_limit("memory/swappiness", "cgroup v2 has none");
  if (memory.disable_oom_killer.value_or(false))
    return cannot_limit("memory/disableOOMKiller", "cgroup v2 cannot turn it off");
  if (!memory.use_hierarchy.value_or(true)) return cannot_limit("memory/useHierarchy", "cgroup v2 always has it");
  TRY(check_usage(cgroup, memory));
  TRY(set_swap_v2(cgroup, memory));
  if (is_set(memory.limit)) TRY(set_limit(cgroup, "memory", "memory.max", v2_text(*memory.limit), "memory/limit"));
  if (is_set(memory.reservation))
    TRY(set_limit(cgroup, "memory", "memory.low", v2_text(*memory.reservation), "memory/reservation"));
  return {};
}

/// Kernel memory has no limit of its own any more in newer kernels; "unlimited" holds there.
Result<> set_kernel_v1(const linux::Cgroup& cgroup, const std::string& file, const std::optional<std::int64_t>& limit,
                       std::string_view member) {
  if (!is_set(limit)) return {};
  auto written = cgroup.write("memory", file, fmt::format("{}", *limit));
  bool has_none = !written && (written.error().code() == Code::not_found || written.error().os_error() == EOPNOTSUPP ||
                               written.error().os_error() == ENOTSUP);
  if (written || (has_none && *limit < 0)) return {};
  return std::move(written.error()).with_context(fmt::format("/linux/resources/{}", member));
}

Result<> set_sizes_v1(const linux::Cgroup& cgroup, const oci::MemoryLimits& memory) {
  auto set_memory = [&]() -> Result<> {
    if (!is_set(memory.limit)) return {};
    return set_limit(cgroup, "memory", "memory.limit_in_bytes", fmt::format("{}", *memory.limit), "memory/limit");
  };
  auto set_swap = [&]() -> Result<> {
    if (!is_set(memory.swap)) return {};
    TRY(set_limit_if_there(cgroup, "memory", "memory.memsw.limit_in_bytes", fmt::format("{}", *memory.swap),
                           "memory/swap"));
    return {};
  };
  // Memory may never be above memory plus swap.
  return set_pair(set_memory, set_swap);
}

Result<> apply_memory_v1(const linux::Cgroup& cgroup, const oci::MemoryLimits& memory) {
  if (memory.use_hierarchy)
    TRY(set_limit(cgroup, "memory", "memory.use_hierarchy", *memory.use_hierarchy ? "1" : "0", "memory/useHierarchy"));
  TRY(set_sizes_v1(cgroup, memory));
  if (is_set(memory.reservation))
    TRY(set_limit(cgroup, "memory", "memory.soft_limit_in_bytes", fmt::format("{}", *memory.reservation),
                  "memory/reservation"));
  TRY(set_kernel_v1(cgroup, "memory.kmem.limit_in_bytes", memory.kernel, "memory/kernel"));
  TRY(set_kernel_v1(cgroup, "memory.kmem.tcp.limit_in_bytes", memory.kernel_tcp, "memory/kernelTCP"));
  if (memory.swappiness)
    TRY(set_limit(cgroup, "memory", "memory.swappiness", fmt::format("{}", *memory.swappiness), "memory/swappiness"));
  if (memory.disable_oom_killer)
    TRY(set_limit(cgroup, "memory", "memory.oom_control", *memory.disable_oom_killer ? "1" : "0",
                  "memory/disableOOMKiller"));
  return {};
}

}  // namespace

Result<> apply_memory(const linux::Cgroup& cgroup, const oci::MemoryLimits& memory) {
  return cgroup.is_v2("memory") ? apply_memory_v2(cgroup, memory) : apply_memory_v1(cgroup, memory);
}

}  // namespace gantry::runtime
