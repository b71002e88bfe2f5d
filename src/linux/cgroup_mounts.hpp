#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gantry::linux {

/// A mounted cgroup hierarchy: one of v1's, or the v2 tree.
struct CgroupMount {
  std::string folder;       ///< where it is mounted
  std::string root;         ///< the cgroup that one sees there; empty: not asked yet
  std::string controllers;  ///< v1: "cpu,cpuacct"; empty for v2, whose controllers differ from cgroup to cgroup
  bool v2 = false;
};

/// Those of this process, read once. Hierarchies without a controller ("name=systemd") belong to the init system and
/// are left out.
const std::vector<CgroupMount>& cgroup_mounts();
/// The same from the text of /proc/self/mountinfo. A hierarchy that is mounted twice is taken where its root is "/".
std::vector<CgroupMount> parse_cgroup_mounts(std::string_view mountinfo);

/// Whether `name` is one of a list such as "cpu,cpuacct".
bool lists_controller(std::string_view controllers, std::string_view name, char separator = ',');

/// The caller's cgroup in that hierarchy as a path below the mount: "/" or "/a/b".
Result<std::string> own_cgroup_in(const CgroupMount& mount);

}  // namespace gantry::linux
