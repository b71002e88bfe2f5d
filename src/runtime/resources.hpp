#pragma once

#include "linux/cgroup.hpp"
#include "oci/runtime_spec.hpp"

#include <optional>
#include <string>
#include <vector>

namespace gantry::runtime {

/// The controllers that the limits need, and those that engines read statistics from.
std::vector<std::string_view> controllers_for(const std::optional<oci::Resources>& resources);

/// Whether anything but device rules is asked for: what must not be dropped silently where there is no cgroup.
bool has_limits(const std::optional<oci::Resources>& resources);

/// Writes the limits: by the v1 files or, with the values converted, by the v2 files. A limit whose controller this
/// host has not is an error that names it.
Result<> apply_resources(const linux::Cgroup& cgroup, const oci::Resources& resources);

/// The device rules of the config and, after them, the devices that every container gets.
Result<> apply_device_rules(const linux::Cgroup& cgroup, const std::vector<oci::DeviceRule>& rules);

}  // namespace gantry::runtime
