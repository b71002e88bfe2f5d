#include "archive/decoder.hpp"

#ifdef GANTRY_HAVE_ISAL

#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <limits>

namespace gantry::archive {

namespace {

const char* problem_text(int problem) {
  switch (problem) {
    case ISAL_INVALID_WRAPPER:
      return "its header is wrong";
    case ISAL_UNSUPPORTED_METHOD:
      return "its method is unknown";
    case ISAL_INCORRECT_CHECKSUM:
      return "its checksum does not match";
    default:
      return "its data is damaged";
  }
}

class IsalDecoder final : public Decoder {
 public:
  IsalDecoder() { start(); }

  Result<Step> step(Bytes in, std::span<std::byte> out) override {
    constexpr std::size_t kMost = std::numeric_limits<std::uint32_t>::max();
    auto* next_in = reinterpret_cast<std::uint8_t*>(const_cast<std::byte*>(in.data()));
    state_.next_in = next_in;
    state_.avail_in = static_cast<std::uint32_t>(std::min(in.size(), kMost));
    state_.next_out = reinterpret_cast<std::uint8_t*>(out.data());
    state_.avail_out = static_cast<std::uint32_t>(std::min(out.size(), kMost));
    int problem = isal_inflate(&state_);
    if (problem < 0) return fail(Code::corrupt, "gzip: {}", problem_text(problem));
    if (problem == ISAL_NEED_DICT) return fail(Code::corrupt, "gzip: it wants a dictionary");
    return Step{static_cast<std::size_t>(state_.next_in - next_in),
                static_cast<std::size_t>(state_.next_out - reinterpret_cast<std::uint8_t*>(out.data())),
                state_.block_state == ISAL_BLOCK_FINISH};
  }

  Result<> reset() override {
    start();
    return {};
  }

 private:
  void start() {
    isal_inflate_init(&state_);
    state_.crc_flag = ISAL_GZIP;
  }
  inflate_state state_;
};

}  // namespace

Result<std::unique_ptr<Decoder>> make_isal_decoder() { return std::unique_ptr<Decoder>(new IsalDecoder); }

}  // namespace gantry::archive

#endif
