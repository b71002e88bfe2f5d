#include "archive/deflate.hpp"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace gantry::archive {

namespace {

constexpr std::size_t kBuffer = 64u << 10;

class PlainDeflater final : public Deflater {
 public:
  explicit PlainDeflater(Sink& out) : out_(out) {}
  Result<> write(Bytes data) override { return out_.write(data); }
  Result<> finish() override { return {}; }

 private:
  Sink& out_;
};

class GzipDeflater final : public Deflater {
 public:
  explicit GzipDeflater(Sink& out) : out_(out), buffer_(kBuffer) {}
  ~GzipDeflater() override { deflateEnd(&stream_); }

  Result<> start(int level) {
    constexpr int kGzip = 16;
    constexpr int kMemory = 8;
    if (deflateInit2(&stream_, level == 0 ? Z_DEFAULT_COMPRESSION : level, Z_DEFLATED, MAX_WBITS + kGzip, kMemory,
                     Z_DEFAULT_STRATEGY) != Z_OK)
      return fail(Code::invalid, "gzip has no level {}", level).with_cure("use 1 to 9");
    return {};
  }

  Result<> write(Bytes data) override {
    while (!data.empty()) {
      std::size_t size = std::min<std::size_t>(data.size(), std::numeric_limits<uInt>::max());
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(data.data()));
      stream_.avail_in = static_cast<uInt>(size);
      while (stream_.avail_in > 0) TRY(run(Z_NO_FLUSH));
      data = data.subspan(size);
    }
    return {};
  }

  Result<> finish() override {
    while (TRY(run(Z_FINISH)) != Z_STREAM_END) {
    }
    return {};
  }

 private:
  Result<int> run(int flush) {
    stream_.next_out = reinterpret_cast<Bytef*>(buffer_.data());
    stream_.avail_out = kBuffer;
    int status = deflate(&stream_, flush);
    TRY(out_.write(Bytes(buffer_).first(kBuffer - stream_.avail_out)));
    return status;
  }

  Sink& out_;
  z_stream stream_{};
  std::vector<std::byte> buffer_;
};

class ZstdDeflater final : public Deflater {
 public:
  explicit ZstdDeflater(Sink& out) : out_(out), context_(ZSTD_createCCtx()), buffer_(kBuffer) {}
  ~ZstdDeflater() override { ZSTD_freeCCtx(context_); }

  Result<> start(int level) {
    if (context_ == nullptr) return fail(Code::failed, "zstd: out of memory");
    if (level < 0 || level > 19) return fail(Code::invalid, "zstd has no level {}", level).with_cure("use 1 to 19");
    ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel, level);
    ZSTD_CCtx_setParameter(context_, ZSTD_c_checksumFlag, 1);
    return {};
  }

  Result<> write(Bytes data) override {
    ZSTD_inBuffer input{data.data(), data.size(), 0};
    while (input.pos < input.size) TRY(run(input, ZSTD_e_continue));
    return {};
  }

  Result<> finish() override {
    ZSTD_inBuffer nothing{nullptr, 0, 0};
    while (TRY(run(nothing, ZSTD_e_end)) != 0) {
    }
    return {};
  }

 private:
  /// What is still to be flushed.
  Result<std::size_t> run(ZSTD_inBuffer& input, ZSTD_EndDirective directive) {
    ZSTD_outBuffer output{buffer_.data(), buffer_.size(), 0};
    std::size_t left = ZSTD_compressStream2(context_, &output, &input, directive);
    if (ZSTD_isError(left)) return fail(Code::failed, "zstd: {}", ZSTD_getErrorName(left));
    TRY(out_.write(Bytes(buffer_).first(output.pos)));
    return left;
  }

  Sink& out_;
  ZSTD_CCtx* context_;
  std::vector<std::byte> buffer_;
};

template <class D>
Result<std::unique_ptr<Deflater>> started(Sink& out, int level) {
  auto deflater = std::make_unique<D>(out);
  TRY(deflater->start(level));
  return std::unique_ptr<Deflater>(std::move(deflater));
}

}  // namespace

Result<std::unique_ptr<Deflater>> Deflater::make(Compression compression, Sink& out, int level) {
  switch (compression) {
    case Compression::gzip:
      return started<GzipDeflater>(out, level);
    case Compression::zstd:
      return started<ZstdDeflater>(out, level);
    case Compression::none:
      break;
  }
  return std::unique_ptr<Deflater>(new PlainDeflater(out));
}

}  // namespace gantry::archive
