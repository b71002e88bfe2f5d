#pragma once

#include "base/text.hpp"
#include "linux/cgroup.hpp"
#include "oci/runtime_spec.hpp"

#include <string>
#include <string_view>

// Shared by the files that write one section of linux.resources each.
namespace gantry::runtime {

/// Writes a value; an error names `member`, counted from /linux/resources.
Result<> set_limit(const linux::Cgroup& cgroup, std::string_view controller, const std::string& file,
                   std::string_view value, std::string_view member);

/// As set_limit, for a file that some kernels do not have. False when it is not there.
Result<bool> set_limit_if_there(const linux::Cgroup& cgroup, std::string_view controller, const std::string& file,
                                std::string_view value, std::string_view member);

/// Sets two limits of which each must fit the other at any time; which order fits depends on what is there.
Result<> set_pair(auto set_one, auto set_other) {
  bool fits = set_one().has_value();
  TRY(set_other());
  return fits ? Result<>() : set_one();
}

/// For what one of the two cgroup versions cannot express.
Error cannot_limit(std::string_view member, std::string_view why);

/// v1's cpu.shares (2 to 262144) on v2's scale of cpu.weight (1 to 10000), as runc and crun convert it.
std::uint64_t weight_of_shares(std::uint64_t shares);
/// v1's blkio.weight (10 to 1000) on v2's scale of io.weight (1 to 10000).
std::uint64_t weight_of_blkio(std::uint64_t weight);

Result<> apply_memory(const linux::Cgroup& cgroup, const oci::MemoryLimits& memory);
Result<> apply_cpu(const linux::Cgroup& cgroup, const oci::CpuLimits& cpu);
Result<> apply_block_io(const linux::Cgroup& cgroup, const oci::BlockIo& io);

}  // namespace gantry::runtime
