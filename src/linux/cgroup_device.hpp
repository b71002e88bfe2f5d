#pragma once

#include "linux/cgroup.hpp"

#include <cstdint>
#include <optional>

namespace gantry::linux {

/// runtime-spec config-linux.md, "allowed device list". Later rules win.
struct DeviceRule {
  bool allow = false;
  char type = 'a';                     ///< 'a' all, 'b' block, 'c' character
  std::optional<std::uint32_t> major;  ///< none: any
  std::optional<std::uint32_t> minor;
  std::string access = "rwm";  ///< of r(ead), w(rite), m(knod)
};

/// What the processes of the cgroup may open and make: by devices.allow and devices.deny on v1, by a BPF program on v2.
/// Replaces rules set before. A device that no rule speaks of is denied.
Result<> set_device_rules(const Cgroup& cgroup, std::span<const DeviceRule> rules);

/// The rules as a BPF_PROG_TYPE_CGROUP_DEVICE program: an array of `struct bpf_insn`.
Result<std::string> compile_device_rules(std::span<const DeviceRule> rules);

}  // namespace gantry::linux
