#pragma once

#include "base/clock.hpp"

#include <cstddef>
#include <cstdint>

namespace gantry::serve {

/// What a client may take. Times are nanoseconds.
struct Limits {
  std::size_t connections = 10'000;
  std::size_t workers = 256;          ///< requests that wait or move files at the same time
  std::size_t queue = 2048;           ///< of requests that wait for a worker; those beyond are refused with 503
  std::int64_t head = 15 * kSecond;   ///< from the first byte of a request to the end of its head
  std::int64_t idle = 120 * kSecond;  ///< between two requests
  std::int64_t stall = 30 * kSecond;  ///< without a byte of a body, or without one of a response being taken
  std::uint64_t slowest = 1024;       ///< bytes of a body in a second, on average since its first `stall`
  // Who is slow holds a worker: when others wait for one, much more is wanted of him.
  std::int64_t short_stall = 3 * kSecond;
  std::uint64_t short_slowest = 128u << 10;
  std::int64_t drain = 30 * kSecond;  ///< to finish what is being done when the server is stopped
};

}  // namespace gantry::serve
