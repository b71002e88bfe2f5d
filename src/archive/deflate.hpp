#pragma once

#include "archive/compression.hpp"
#include "base/stream.hpp"

#include <memory>

namespace gantry::archive {

/// Compresses what is written to it. The same bytes, level and library give the same output: no time, no name.
/// Gzip goes through zlib in every build, so that a layer's digest does not depend on how Gantry was linked.
class Deflater : public Sink {
 public:
  /// `out` outlives it. `level`: 1 to 9 of gzip, 1 to 19 of zstd; 0 is the format's default.
  static Result<std::unique_ptr<Deflater>> make(Compression compression, Sink& out, int level = 0);
  /// Writes what is left. Nothing may be written after it.
  virtual Result<> finish() = 0;
};

}  // namespace gantry::archive
