#pragma once

#include "base/result.hpp"
#include "oci/runtime_resources.hpp"

#include <string>
#include <vector>

namespace gantry::runtime {

/// The limits that systemd knows too, as gantry-systemd takes properties: "MemoryMax=t:67108864". It writes them into
/// the cgroup's files again whenever it sees fit, as at a daemon-reload, and would else write its defaults.
Result<std::vector<std::string>> unit_properties(const oci::Resources& resources);

}  // namespace gantry::runtime
