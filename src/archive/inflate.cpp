#include "archive/inflate.hpp"

#include <algorithm>
#include <cstring>

namespace gantry::archive {

namespace {

constexpr std::size_t kReadAtOnce = 64u << 10;

Result<std::unique_ptr<Decoder>> make_gzip_decoder() {
#ifdef GANTRY_HAVE_ISAL
  return make_isal_decoder();
#else
  return make_zlib_decoder();
#endif
}

}  // namespace

/// More input behind what is ahead; false at its end.
Result<bool> Inflater::fill() {
  if (!buffer_) buffer_ = std::make_unique_for_overwrite<std::byte[]>(kReadAtOnce);
  if (!ahead_.empty()) std::memmove(buffer_.get(), ahead_.data(), ahead_.size());
  std::size_t got = TRY(source_.read({buffer_.get() + ahead_.size(), kReadAtOnce - ahead_.size()}));
  ahead_ = {buffer_.get(), ahead_.size() + got};
  return got > 0;
}

Result<> Inflater::detect() {
  while (ahead_.size() < kDetect && TRY(fill())) {
  }
  compression_ = detect_compression(ahead_);
  if (*compression_ == Compression::gzip) decoder_ = TRY(make_gzip_decoder());
  if (*compression_ == Compression::zstd) decoder_ = TRY(make_zstd_decoder());
  return {};
}

Result<std::size_t> Inflater::read(std::span<std::byte> buffer) {
  if (!compression_) TRY(detect());
  std::size_t got = TRY(decoder_ ? decode(buffer) : read_plain(buffer));
  made_ += got;
  if (made_ > limit_) return fail(Code::no_space, "it holds more than the {} bytes allowed", limit_);
  return got;
}

Result<std::size_t> Inflater::read_plain(std::span<std::byte> buffer) {
  if (ahead_.empty()) return source_.read(buffer);
  std::size_t size = std::min(buffer.size(), ahead_.size());
  std::memcpy(buffer.data(), ahead_.data(), size);
  ahead_ = ahead_.subspan(size);
  return size;
}

/// Between two members: false when no other follows.
Result<bool> Inflater::begin_member() {
  while (ahead_.size() < kDetect && TRY(fill())) {
  }
  if (!ahead_.empty() && detect_compression(ahead_) == compression_) {
    TRY(decoder_->reset());
    in_member_ = true;
    return true;
  }
  // Tapes and some builders pad with zeros.
  do {
    if (std::ranges::any_of(ahead_, [](std::byte b) { return b != std::byte{0}; }))
      return fail(Code::corrupt, "{}: something else follows its end", name_of(*compression_));
    ahead_ = {};
  } while (TRY(fill()));
  ended_ = true;
  return false;
}

Result<std::size_t> Inflater::decode(std::span<std::byte> buffer) {
  while (!ended_) {
    if (!in_member_ && !TRY(begin_member())) break;
    // Without new input the decoder may still hold output back, so it is asked before the end is believed.
    bool more = !ahead_.empty() || TRY(fill());
    Decoder::Step step = TRY(decoder_->step(ahead_, buffer));
    ahead_ = ahead_.subspan(step.used);
    in_member_ = !step.finished;
    if (step.made > 0) return step.made;
    if (!more && in_member_) return fail(Code::corrupt, "{}: it is truncated", name_of(*compression_));
  }
  return 0;
}

}  // namespace gantry::archive
