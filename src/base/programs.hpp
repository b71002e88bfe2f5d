#pragma once

#include "base/result.hpp"

#include <string>

namespace gantry {

/// The environment variable with the folder of our programs, for one that runs from memory: its own path does not tell.
inline constexpr const char* kProgramsVariable = "GANTRY_PROGRAMS";

struct OwnProgram {
  std::string folder;      ///< that it came from
  bool in_memory = false;  ///< it runs from a copy in memory
};
/// What the calling process runs.
Result<OwnProgram> own_program();

}  // namespace gantry
