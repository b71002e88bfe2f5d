#include "runtime/scheduling.hpp"

#include "base/text.hpp"

#include <linux/mempolicy.h>
#include <linux/sched.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace gantry::runtime {

namespace {

constexpr std::uint64_t kMaxNumber = 8192;  // processors of the largest kernels; memory nodes are fewer

std::uint32_t policy_of(oci::SchedulerPolicy policy) {
  using enum oci::SchedulerPolicy;
  switch (policy) {
    case other:
      return SCHED_NORMAL;
    case fifo:
      return SCHED_FIFO;
    case rr:
      return SCHED_RR;
    case batch:
      return SCHED_BATCH;
    case iso:
      return 4;  // reserved by the kernel, which refuses it until it is there
    case idle:
      return SCHED_IDLE;
    case deadline:
      return SCHED_DEADLINE;
  }
  return SCHED_NORMAL;
}

std::uint64_t flag_of(oci::SchedulerFlag flag) {
  using enum oci::SchedulerFlag;
  switch (flag) {
    case reset_on_fork:
      return SCHED_FLAG_RESET_ON_FORK;
    case reclaim:
      return SCHED_FLAG_RECLAIM;
    case dl_overrun:
      return SCHED_FLAG_DL_OVERRUN;
    case keep_policy:
      return SCHED_FLAG_KEEP_POLICY;
    case keep_params:
      return SCHED_FLAG_KEEP_PARAMS;
    case util_clamp_min:
      return SCHED_FLAG_UTIL_CLAMP_MIN;
    case util_clamp_max:
      return SCHED_FLAG_UTIL_CLAMP_MAX;
  }
  return 0;
}

Scheduling::Scheduler scheduler_of(const oci::Scheduler& given) {
  Scheduling::Scheduler scheduler{.policy = policy_of(given.policy),
                                  .nice = given.nice,
                                  .priority = static_cast<std::uint32_t>(given.priority),
                                  .runtime = given.runtime,
                                  .deadline = given.deadline,
                                  .period = given.period};
  for (auto flag : given.flags) scheduler.flags |= flag_of(flag);
  return scheduler;
}

// ioprio_set(2). Debian's 6.1 headers have a linux/ioprio.h that does not compile by itself.
constexpr int kIoClassShift = 13, kIoOfGroup = 2;

int io_priority_of(const oci::IoPriority& given) {
  using enum oci::IoPriorityClass;
  const int io_class = given.io_class == rt ? 1 : given.io_class == be ? 2 : 3;
  return io_class << kIoClassShift | given.priority;
}

int mode_of(const oci::MemoryPolicy& policy) {
  constexpr int kWeightedInterleave = 6;  // Linux 6.9
  constexpr int kModes[] = {MPOL_DEFAULT, MPOL_PREFERRED,      MPOL_BIND,          MPOL_INTERLEAVE,
                            MPOL_LOCAL,   MPOL_PREFERRED_MANY, kWeightedInterleave};
  int mode = kModes[static_cast<int>(policy.mode)];
  for (auto flag : policy.flags) {
    if (flag == oci::MemoryPolicyFlag::static_nodes) mode |= MPOL_F_STATIC_NODES;
    if (flag == oci::MemoryPolicyFlag::relative_nodes) mode |= MPOL_F_RELATIVE_NODES;
    if (flag == oci::MemoryPolicyFlag::numa_balancing) mode |= MPOL_F_NUMA_BALANCING;
  }
  return mode;
}

Result<> set_scheduler(const Scheduling::Scheduler& scheduler) {
  if (syscall(SYS_sched_setattr, 0, &scheduler, 0) == 0) return {};
  Error error = Error::system("/process/scheduler: set the scheduling policy");
  if (error.os_error() != EPERM) return error;
  return std::move(error).with_cure("this takes CAP_SYS_NICE, and real-time policies time of cpu.rt_runtime_us");
}

}  // namespace

Result<BitSet> parse_bit_set(std::string_view list) {
  BitSet bits;
  for (const auto& item : split(list, ',')) {
    auto [first, last, is_range] = cut(item, '-');
    auto low = parse_unsigned(first), high = parse_unsigned(is_range ? last : first);
    if (!low || !high || *low > *high || *high >= kMaxNumber)
      return fail(Code::invalid, "'{}' is not a list of numbers below {} such as 0-3,7", list, kMaxNumber);
    if (bits.size() <= *high / 64) bits.resize(*high / 64 + 1);
    for (auto number = *low; number <= *high; ++number) bits[number / 64] |= std::uint64_t{1} << number % 64;
  }
  return bits;
}

Result<Scheduling> plan_scheduling(const oci::Process& process, const oci::Spec& spec) {
  Scheduling scheduling;
  if (process.scheduler) scheduling.scheduler = scheduler_of(*process.scheduler);
  if (process.io_priority) scheduling.io_priority = io_priority_of(*process.io_priority);
  if (!spec.linux) return scheduling;
  if (const auto& policy = spec.linux->memory_policy) {
    BitSet nodes;
    if (!policy->nodes.empty()) nodes = TRY(with_context(parse_bit_set(policy->nodes), "/linux/memoryPolicy/nodes"));
    scheduling.memory_policy = Scheduling::MemoryPolicy{mode_of(*policy), std::move(nodes)};
  }
  if (const auto& personality = spec.linux->personality)
    scheduling.personality = personality->domain == oci::PersonalityDomain::linux_32 ? PER_LINUX32 : PER_LINUX;
  return scheduling;
}

Result<> apply_scheduling(const Scheduling& scheduling) {
  if (scheduling.scheduler) TRY(set_scheduler(*scheduling.scheduler));
  if (scheduling.io_priority && syscall(SYS_ioprio_set, kIoOfGroup, 0, *scheduling.io_priority) < 0)
    return Error::system("/process/ioPriority: set the I/O priority");
  if (const auto& policy = scheduling.memory_policy) {
    // The kernel looks at one bit less than it is told of.
    unsigned long bits = policy->nodes.empty() ? 0 : policy->nodes.size() * 64 + 1;
    if (syscall(SYS_set_mempolicy, policy->mode, policy->nodes.data(), bits) < 0)
      return Error::system("/linux/memoryPolicy: set the memory policy");
  }
  if (scheduling.personality && personality(*scheduling.personality) < 0)
    return Error::system("/linux/personality: set the personality");
  return {};
}

Result<> set_cpu_affinity(const BitSet& cpus) {
  const BitSet every(kMaxNumber / 64, ~std::uint64_t{0});
  const BitSet& wanted = cpus.empty() ? every : cpus;
  if (syscall(SYS_sched_setaffinity, 0, wanted.size() * sizeof wanted[0], wanted.data()) < 0)
    return Error::system("/process/execCPUAffinity: run on these processors");
  return {};
}

}  // namespace gantry::runtime
