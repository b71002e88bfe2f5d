#pragma once

#include <cstdint>

#include <time.h>

namespace gantry::monitor {

inline std::int64_t monotonic_milliseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

}  // namespace gantry::monitor
