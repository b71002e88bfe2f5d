#include "archive/decoder.hpp"

#include <zstd.h>
#include <zstd_errors.h>

namespace gantry::archive {

namespace {

/// What a frame may make us keep: 128 MiB, zstd's own default, whatever it asks for.
constexpr int kWindowLog = 27;

class ZstdDecoder final : public Decoder {
 public:
  ZstdDecoder() : stream_(ZSTD_createDStream()) {}
  ~ZstdDecoder() override { ZSTD_freeDStream(stream_); }

  Result<> start() {
    if (stream_ == nullptr) return fail(Code::failed, "zstd: out of memory");
    return check(ZSTD_DCtx_setParameter(stream_, ZSTD_d_windowLogMax, kWindowLog));
  }

  Result<Step> step(Bytes in, std::span<std::byte> out) override {
    ZSTD_inBuffer input{in.data(), in.size(), 0};
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    std::size_t status = ZSTD_decompressStream(stream_, &output, &input);
    TRY(check(status));
    return Step{input.pos, output.pos, status == 0};
  }

  Result<> reset() override { return check(ZSTD_DCtx_reset(stream_, ZSTD_reset_session_only)); }

 private:
  static Result<> check(std::size_t status) {
    if (!ZSTD_isError(status)) return {};
    if (ZSTD_getErrorCode(status) == ZSTD_error_frameParameter_windowTooLarge)
      return fail(Code::unsupported, "zstd: it needs a window of more than 128 MiB")
          .with_cure("compress it without --long");
    return fail(Code::corrupt, "zstd: {}", ZSTD_getErrorName(status));
  }
  ZSTD_DStream* stream_;
};

}  // namespace

Result<std::unique_ptr<Decoder>> make_zstd_decoder() {
  auto decoder = std::make_unique<ZstdDecoder>();
  TRY(decoder->start());
  return std::unique_ptr<Decoder>(std::move(decoder));
}

}  // namespace gantry::archive
