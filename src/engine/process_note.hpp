#pragma once

#include "engine/run_folder.hpp"

#include <sys/types.h>

#include <optional>
#include <string>

// Files by which a process that was started is found again, and no other that got its pid.

namespace gantry::engine {

/// Writes down a process that runs. `what` it is for is for the error when it does not.
Result<> note_process(const std::string& file, pid_t pid, const char* what);
/// Who was written down, if it still runs.
std::optional<StartRecord> noted_process(const std::string& file);

}  // namespace gantry::engine
