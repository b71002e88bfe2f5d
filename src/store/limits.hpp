#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <limits>
#include <string>

namespace gantry::store {

/// What may come into a store. Without a limit it is what the disk holds.
struct Limits {
  static constexpr std::uint64_t kNone = std::numeric_limits<std::uint64_t>::max();

  std::uint64_t size = kNone;         ///< bytes of all blobs, and of all layers' tars
  std::uint64_t layer_size = kNone;   ///< bytes of one layer's tar
  std::uint64_t layer_files = kNone;  ///< members of one layer's tar
};

/// Code::no_space: what is refused, and how it can be had.
Error over_limit(std::string text);

}  // namespace gantry::store
