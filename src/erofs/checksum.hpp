#pragma once

#include "base/stream.hpp"

#include <cstdint>

namespace gantry::erofs {

/// CRC-32C (Castagnoli) as Linux's crc32c(~0, …) gives it: without the inversion at the end.
std::uint32_t crc32c(Bytes data);

}  // namespace gantry::erofs
