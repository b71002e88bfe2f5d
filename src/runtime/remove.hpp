#pragma once

#include "runtime/state_folder.hpp"

namespace gantry::runtime {

/// Every process of the container: those in its cgroup, and its init where there is no cgroup. Waits for the init.
Result<> kill_container(const Record& record);

}  // namespace gantry::runtime
