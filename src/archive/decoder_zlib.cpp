#include "archive/decoder.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>

namespace gantry::archive {

namespace {

class ZlibDecoder final : public Decoder {
 public:
  ~ZlibDecoder() override { inflateEnd(&stream_); }

  Result<> start() {
    constexpr int kGzipOnly = 16;
    if (inflateInit2(&stream_, MAX_WBITS + kGzipOnly) != Z_OK) return fail(Code::failed, "gzip: out of memory");
    return {};
  }

  Result<Step> step(Bytes in, std::span<std::byte> out) override {
    constexpr std::size_t kMost = std::numeric_limits<uInt>::max();
    uInt in_size = static_cast<uInt>(std::min(in.size(), kMost));
    uInt out_size = static_cast<uInt>(std::min(out.size(), kMost));
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(in.data()));
    stream_.avail_in = in_size;
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = out_size;
    int problem = inflate(&stream_, Z_NO_FLUSH);
    // Z_BUF_ERROR: nothing to do, which is not for us to judge.
    if (problem != Z_OK && problem != Z_STREAM_END && problem != Z_BUF_ERROR)
      return fail(Code::corrupt, "gzip: {}", stream_.msg != nullptr ? stream_.msg : "its data is damaged");
    return Step{in_size - stream_.avail_in, out_size - stream_.avail_out, problem == Z_STREAM_END};
  }

  Result<> reset() override {
    inflateReset(&stream_);
    return {};
  }

 private:
  z_stream stream_{};
};

}  // namespace

Result<std::unique_ptr<Decoder>> make_zlib_decoder() {
  auto decoder = std::make_unique<ZlibDecoder>();
  TRY(decoder->start());
  return std::unique_ptr<Decoder>(std::move(decoder));
}

}  // namespace gantry::archive
