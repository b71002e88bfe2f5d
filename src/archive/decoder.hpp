#pragma once

#include "archive/compression.hpp"

#include <memory>

// One member (gzip) or frame (zstd) decoder behind each compression library; Inflater joins members into a stream.
namespace gantry::archive {

class Decoder {
 public:
  virtual ~Decoder() = default;

  struct Step {
    std::size_t used = 0;   ///< of the input
    std::size_t made = 0;   ///< of the output
    bool finished = false;  ///< the member's end has been met and its checksum is right
  };
  /// Goes on until the input is used, the output full or the member finished. Code::corrupt for bad data.
  virtual Result<Step> step(Bytes in, std::span<std::byte> out) = 0;
  /// Makes ready for the next member.
  virtual Result<> reset() = 0;
};

Result<std::unique_ptr<Decoder>> make_zlib_decoder();
Result<std::unique_ptr<Decoder>> make_zstd_decoder();
#ifdef GANTRY_HAVE_ISAL
/// Four times as fast as zlib.
Result<std::unique_ptr<Decoder>> make_isal_decoder();
#endif

}  // namespace gantry::archive
