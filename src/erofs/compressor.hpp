#pragma once

#include "base/stream.hpp"
#include "erofs/format.hpp"

#include <memory>
#include <vector>

struct ZSTD_CCtx_s;

namespace gantry::erofs {

/// How much of a file is compressed together, and read together: the window of LZ4, and 16 pages.
inline constexpr std::size_t kPieceSize = 64u << 10;
inline constexpr std::size_t kPieceBlocks = kPieceSize / kBlockSize;

class Compressor {
 public:
  explicit Compressor(Algorithm algorithm);
  Compressor(Compressor&&) = default;
  ~Compressor();

  Algorithm algorithm() const { return algorithm_; }
  /// What `data`, at most kPieceSize of it, becomes, until the next call. Empty when that takes more than `room` bytes.
  Bytes compress(Bytes data, std::size_t room);

 private:
  struct Free {
    void operator()(ZSTD_CCtx_s* context) const;
  };

  Algorithm algorithm_;
  std::unique_ptr<ZSTD_CCtx_s, Free> zstd_;
  std::vector<std::byte> out_;
};

/// Compressed data as it lies in its blocks: zeros come first, and it never begins with one.
Bytes without_padding(Bytes packed);

/// Fills `out`. Code::corrupt when `data` does not give just that.
Result<> decompress(Algorithm algorithm, Bytes data, std::span<std::byte> out);

}  // namespace gantry::erofs
