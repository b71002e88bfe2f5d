#pragma once

#include "base/result.hpp"
#include "oci/runtime_spec.hpp"

#include <string>
#include <vector>

namespace gantry::cdi {

/// Makes the edits that the specs in `folders` describe for devices, each named "vendor.com/class=name". Of two folders
/// the later one counts; of two files in one folder that both describe a device, none does. A folder that is missing is
/// empty. Code::not_found for a device that nobody describes; files that do not parse are told with it.
Result<> add_devices(oci::Spec& spec, const std::vector<std::string>& names, const std::vector<std::string>& folders);

/// What the specification says, when nobody names folders.
std::vector<std::string> default_folders();

}  // namespace gantry::cdi
