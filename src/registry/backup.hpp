#pragma once

#include "registry/storage.hpp"

#include <cstdint>
#include <string>

namespace gantry::registry {

struct BackedUp {
  std::uint64_t blobs = 0;   ///< that the backup has
  std::uint64_t copied = 0;  ///< of them now
  std::uint64_t bytes = 0;   ///< that were copied
};

/// Makes `folder` a storage of its own with all that `storage` has at one moment, while others push, pull and collect.
/// Blobs that are there already are not copied again, so that the next backup takes as long as what has changed. Every
/// blob that is copied is compared with its digest. Code::corrupt names a damaged one, Code::busy: `folder` is served.
Result<BackedUp> back_up(Storage& storage, const std::string& folder);

}  // namespace gantry::registry
