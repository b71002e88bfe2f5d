#pragma once

namespace gantry {

/// The environment variable with the folder of our programs, for one that runs from memory: its own path does not tell.
inline constexpr const char* kProgramsVariable = "GANTRY_PROGRAMS";

}  // namespace gantry
