#pragma once

#include "registry/storage.hpp"

#include <cstdint>

namespace gantry::registry {

struct CollectSettings {
  std::int64_t before = 0;  ///< what was pushed or used since then stays: a Timestamp
  bool untagged = false;    ///< also manifests that no tag leads to
};

struct Collected {
  std::int64_t manifests = 0;  ///< dropped from their repositories
  std::int64_t links = 0;      ///< blobs dropped from a repository that had no use for them
  std::uint64_t files = 0;     ///< removed
  std::uint64_t bytes = 0;     ///< of them
};

/// Removes what nobody needs, while pushes and pulls go on, also of another process: see Metadata.
Result<Collected> collect(Storage& storage, const CollectSettings& settings);

}  // namespace gantry::registry
