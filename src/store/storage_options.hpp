#pragma once

#include "base/result.hpp"
#include "store/limits.hpp"

#include <span>
#include <string>

namespace gantry::store {

/// How the driver erofs writes layers.
struct ErofsOptions {
  enum class Compression { none, lz4, zstd };
  Compression compression = Compression::none;  ///< of files' data
  bool shares = false;                          ///< data that another layer has is not stored again
};

/// How layers come into a store.
struct StorageOptions {
  Limits limits;
  ErofsOptions erofs;
};

/// From "size=20g", "layer.size=2g", "layer.files=100000", "erofs.compression=lz4" and
/// "erofs.dedup=on". Code::invalid for another word.
Result<StorageOptions> read_storage_options(std::span<const std::string> words);

}  // namespace gantry::store
