#pragma once

#include "registry/storage.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace gantry::registry {

struct CheckSettings {
  bool hash = true;     ///< read every blob and compare its digest
  bool repair = false;  ///< drop what is damaged or missing, so that it can be pushed again
};

struct Checked {
  std::uint64_t blobs = 0;            ///< that were looked at
  std::uint64_t bytes = 0;            ///< of them
  std::uint64_t repaired = 0;         ///< problems that are none any more
  std::vector<std::string> problems;  ///< that remain, a sentence each
};

/// Compares what the database says with the files, and the files with their digests.
Result<Checked> check(Storage& storage, const CheckSettings& settings);

}  // namespace gantry::registry
