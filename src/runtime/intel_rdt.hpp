#pragma once

#include "base/result.hpp"
#include "oci/runtime_linux.hpp"

#include <sys/types.h>

#include <string>
#include <vector>

// linux.intelRdt: shares of caches and memory bandwidth, by groups that are folders of the resctrl file system.
namespace gantry::runtime {

inline constexpr const char* kResctrl = "/sys/fs/resctrl";

/// The group that a container is to be in.
struct RdtGroup {
  std::string folder;
  std::string monitor;           ///< a monitoring group of its own; empty: none
  std::string schemata;          ///< what the group is to have; empty: whatever it has
  std::vector<std::string> own;  ///< what is made for the container, in this order, and goes with it
};

/// Looks at the groups that are there and changes nothing. Code::unsupported when `resctrl` is no such file system,
/// Code::invalid when a group that is there contradicts the config (config-linux.md, "IntelRdt").
Result<RdtGroup> plan_rdt(const oci::IntelRdt& rdt, const std::string& id, const std::string& resctrl = kResctrl);

/// Makes what is to be made and puts the process in. What fails half way is left to remove_rdt().
Result<> join_rdt(const RdtGroup& group, pid_t pid);

/// What join_rdt() made of RdtGroup::own, where it is still there.
Result<> remove_rdt(const std::vector<std::string>& own);

}  // namespace gantry::runtime
