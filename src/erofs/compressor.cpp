#include "erofs/compressor.hpp"

#include <algorithm>

#include <lz4.h>
#include <zstd.h>

namespace gantry::erofs {

namespace {

/// Zstandard's own default. Level 6 takes twice the time for a twentieth less of Debian's files.
constexpr int kZstdLevel = 3;

char* text_of(std::byte* bytes) { return reinterpret_cast<char*>(bytes); }
const char* text_of(const std::byte* bytes) { return reinterpret_cast<const char*>(bytes); }

}  // namespace

void Compressor::Free::operator()(ZSTD_CCtx_s* context) const { ZSTD_freeCCtx(context); }

Compressor::Compressor(Algorithm algorithm) : algorithm_(algorithm), out_(kPieceSize) {
  if (algorithm_ == Algorithm::zstd) zstd_.reset(ZSTD_createCCtx());
}

Compressor::~Compressor() = default;

Bytes Compressor::compress(Bytes data, std::size_t room) {
  room = std::min(room, out_.size());
  if (room == 0) return {};
  if (algorithm_ == Algorithm::lz4) {
    int size = LZ4_compress_default(text_of(data.data()), text_of(out_.data()), static_cast<int>(data.size()),
                                    static_cast<int>(room));
    return Bytes(out_).first(static_cast<std::size_t>(std::max(size, 0)));
  }
  // Without memory for it nothing gets smaller.
  if (!zstd_) return {};
  std::size_t size = ZSTD_compressCCtx(zstd_.get(), out_.data(), room, data.data(), data.size(), kZstdLevel);
  return Bytes(out_).first(ZSTD_isError(size) != 0 ? 0 : size);
}

Bytes without_padding(Bytes packed) {
  auto begin = std::ranges::find_if(packed, [](std::byte byte) { return byte != std::byte{0}; });
  return packed.subspan(static_cast<std::size_t>(begin - packed.begin()));
}

Result<> decompress(Algorithm algorithm, Bytes data, std::span<std::byte> out) {
  std::size_t size = 0;
  if (algorithm == Algorithm::zstd) {
    size = ZSTD_decompress(out.data(), out.size(), data.data(), data.size());
  } else {
    int got = LZ4_decompress_safe(text_of(data.data()), text_of(out.data()), static_cast<int>(data.size()),
                                  static_cast<int>(out.size()));
    size = static_cast<std::size_t>(got);
  }
  if (size != out.size()) return fail(Code::corrupt, "compressed data of the image does not decompress");
  return {};
}

}  // namespace gantry::erofs
