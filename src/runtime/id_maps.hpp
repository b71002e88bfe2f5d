#pragma once

#include "linux/idmap.hpp"
#include "oci/runtime_spec.hpp"

#include <vector>

namespace gantry::runtime {

std::vector<linux::IdMap> maps_of(const std::vector<oci::IdMapping>& mappings);

/// Of the container's new user namespace. A config without mappings, as `crun spec --rootless` writes it, gets what the
/// caller may map.
Result<linux::IdMaps> id_maps_of(const oci::Spec& spec);

}  // namespace gantry::runtime
