#include "runtime/unit_properties.hpp"

#include "base/text.hpp"
#include "runtime/resources_write.hpp"
#include "runtime/scheduling.hpp"

#include <algorithm>

namespace gantry::runtime {

namespace {

constexpr std::uint64_t kInfinity = UINT64_MAX;
constexpr std::uint64_t kSecond = 1'000'000;  // microseconds
constexpr std::uint64_t kDefaultPeriod = kSecond / 10;

using Words = std::vector<std::string>;

void add(Words& words, std::string_view name, std::uint64_t value) {
  words.push_back(fmt::format("{}=t:{}", name, value));
}

/// A limit of the config: 0 leaves it alone, a negative one lifts it.
void add_limit(Words& words, std::string_view name, const std::optional<std::int64_t>& limit) {
  if (limit.value_or(0) != 0) add(words, name, *limit < 0 ? kInfinity : static_cast<std::uint64_t>(*limit));
}

/// A mask of processors or memory nodes.
Result<> add_set(Words& words, std::string_view name, const std::string& list, std::string_view member) {
  if (list.empty()) return {};
  std::string digits;
  for (std::uint64_t word : TRY(with_context(parse_bit_set(list), "/linux/resources/{}", member)))
    for (int byte = 0; byte < 8; ++byte) digits += fmt::format("{:02x}", (word >> 8 * byte) & 0xff);
  words.push_back(fmt::format("{}=ay:{}", name, digits));
  return {};
}

/// systemd counts a quota in the time on processors per second.
void add_quota(Words& words, std::int64_t quota, std::uint64_t period) {
  if (period == 0) period = kDefaultPeriod;
  add(words, "CPUQuotaPeriodUSec", period);
  if (quota == 0) return;
  // In steps of 10 ms, as the unit file's percents are: rounded up, so that systemd never takes some away.
  constexpr std::uint64_t kStep = kSecond / 100;
  std::uint64_t per_second = static_cast<std::uint64_t>(quota) * kSecond / period;
  add(words, "CPUQuotaPerSecUSec", quota < 0 ? kInfinity : (per_second + kStep - 1) / kStep * kStep);
}

void add_memory(Words& words, const oci::MemoryLimits& memory) {
  add_limit(words, "MemoryMax", memory.limit);
  add_limit(words, "MemoryLow", memory.reservation);
  // The config counts memory and swap together.
  std::int64_t swap = memory.swap.value_or(0);
  if (swap < 0) add(words, "MemorySwapMax", kInfinity);
  else if (swap > 0 && memory.limit.value_or(0) > 0)
    add(words, "MemorySwapMax", static_cast<std::uint64_t>(swap - *memory.limit));
}

Result<> add_cpu(Words& words, const oci::CpuLimits& cpu) {
  if (cpu.shares.value_or(0) != 0) add(words, "CPUWeight", weight_of_shares(*cpu.shares));
  if (cpu.quota.value_or(0) != 0 || cpu.period.value_or(0) != 0)
    add_quota(words, cpu.quota.value_or(0), cpu.period.value_or(0));
  TRY(add_set(words, "AllowedCPUs", cpu.cpus, "cpu/cpus"));
  return add_set(words, "AllowedMemoryNodes", cpu.mems, "cpu/mems");
}

struct UnifiedName {
  std::string_view file;
  std::string_view property;
};
constexpr UnifiedName kUnifiedNumbers[] = {{"cpu.weight", "CPUWeight"},          {"io.weight", "IOWeight"},
                                           {"memory.high", "MemoryHigh"},        {"memory.low", "MemoryLow"},
                                           {"memory.max", "MemoryMax"},          {"memory.min", "MemoryMin"},
                                           {"memory.swap.max", "MemorySwapMax"}, {"pids.max", "TasksMax"}};

/// Files whose value is not of the form that systemd has a property for are left to the cgroup's files alone.
Result<> add_unified(Words& words, const std::string& file, const std::string& value) {
  if (file == "cpuset.cpus") return add_set(words, "AllowedCPUs", value, "unified");
  if (file == "cpuset.mems") return add_set(words, "AllowedMemoryNodes", value, "unified");
  if (file == "cpu.max") {
    auto [quota, period, has_period] = cut(value, ' ');
    auto length = parse_unsigned(period), time = parse_unsigned(quota);
    if (time || quota == "max") add_quota(words, time ? static_cast<std::int64_t>(*time) : -1, length.value_or(0));
    return {};
  }
  auto known = std::ranges::find(kUnifiedNumbers, file, &UnifiedName::file);
  if (known == std::end(kUnifiedNumbers)) return {};
  if (value == "max") add(words, known->property, kInfinity);
  else if (auto number = parse_unsigned(value)) add(words, known->property, *number);
  return {};
}

}  // namespace

Result<Words> unit_properties(const oci::Resources& resources) {
  Words words;
  if (resources.memory) add_memory(words, *resources.memory);
  if (resources.cpu) TRY(add_cpu(words, *resources.cpu));
  if (resources.pids && resources.pids->limit)
    add(words, "TasksMax", *resources.pids->limit > 0 ? static_cast<std::uint64_t>(*resources.pids->limit) : kInfinity);
  if (resources.block_io && resources.block_io->weight.value_or(0) != 0)
    add(words, "IOWeight", weight_of_blkio(*resources.block_io->weight));
  for (const auto& [file, value] : resources.unified) TRY(add_unified(words, file, value));
  return words;
}

}  // namespace gantry::runtime
