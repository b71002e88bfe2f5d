#include "archive/inflate.hpp"
#include "archive/deflate.hpp"
#include "archive/test_support.hpp"

#include <zstd.h>

#include <gtest/gtest.h>

using namespace gantry;
using namespace gantry::archive;
using namespace gantry::archive::test;

namespace {

/// Compressible, but not trivially; several buffers long.
std::string sample(std::size_t size = 300'000) {
  std::string text;
  std::uint32_t state = 1;
  while (text.size() < size) {
    state = state * 1664525 + 1013904223;
    text += std::to_string(state >> 20);
    text += " is a number\n";
  }
  return text;
}

std::string compress(Compression compression, std::string_view text, int level = 0) {
  MemorySink sink;
  auto deflater = Deflater::make(compression, sink, level);
  EXPECT_TRUE(deflater && (*deflater)->write(as_bytes(text)) && (*deflater)->finish());
  return std::string(as_text(sink.data()));
}

Result<std::string> inflate(std::string_view packed, std::uint64_t limit = kNoLimit, std::size_t step = 4096) {
  MemorySource source(as_bytes(packed));
  Inflater inflater(source, limit);
  return drain(inflater, step);
}

/// Gives one byte at a time.
class Trickle final : public Source {
 public:
  explicit Trickle(std::string_view text) : source_(as_bytes(text)) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override { return source_.read(buffer.first(1)); }

 private:
  MemorySource source_;
};

class EachFormat : public testing::TestWithParam<Compression> {};
INSTANTIATE_TEST_SUITE_P(Formats, EachFormat, testing::Values(Compression::gzip, Compression::zstd),
                         [](const auto& info) { return std::string(name_of(info.param)); });

}  // namespace

TEST_P(EachFormat, ComesBackWhole) {
  std::string packed = compress(GetParam(), sample());
  EXPECT_LT(packed.size(), sample().size() / 2);
  EXPECT_EQ(inflate(packed).value_or(""), sample());
  EXPECT_EQ(inflate(packed, kNoLimit, 7).value_or(""), sample());
}

TEST_P(EachFormat, ReadsFromASourceThatTrickles) {
  std::string packed = compress(GetParam(), sample(10'000));
  Trickle source(packed);
  Inflater inflater(source);
  EXPECT_EQ(drain(inflater, 1).value_or(""), sample(10'000));
  EXPECT_EQ(inflater.compression(), GetParam());
}

TEST_P(EachFormat, JoinsMembersAndPassesOverZeros) {
  std::string packed = compress(GetParam(), "one ") + compress(GetParam(), "") + compress(GetParam(), "two");
  EXPECT_EQ(inflate(packed + std::string(100'000, '\0')).value_or(""), "one two");
}

TEST_P(EachFormat, RefusesOtherBytesBehindTheEnd) {
  auto inflated = inflate(compress(GetParam(), "one") + "x");
  ASSERT_FALSE(inflated);
  EXPECT_EQ(inflated.error().code(), Code::corrupt);
}

TEST_P(EachFormat, SaysThatItIsTruncatedWhereverItIsCut) {
  std::string packed = compress(GetParam(), sample(3'000));
  for (std::size_t size = kDetect; size < packed.size(); ++size) {
    auto inflated = inflate(packed.substr(0, size));
    ASSERT_FALSE(inflated) << size;
    EXPECT_NE(inflated.error().text().find("truncated"), std::string::npos) << inflated.error().text();
  }
}

TEST_P(EachFormat, NeverGivesOtherBytesForDamagedOnes) {
  std::string packed = compress(GetParam(), sample(3'000));
  std::size_t damages = 0;
  for (std::size_t at = packed.size() / 2; at < packed.size(); ++at) {
    std::string damaged = packed;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    // A repetition may be written in two ways, so some changes change nothing.
    EXPECT_EQ(inflate(damaged).value_or(sample(3'000)), sample(3'000)) << at;
    damages += !inflate(damaged);
  }
  EXPECT_GT(damages, packed.size() / 2 - 5);
}

TEST_P(EachFormat, StopsABombAtTheLimit) {
  std::string packed = compress(GetParam(), std::string(10 << 20, 'a'));
  EXPECT_TRUE(inflate(packed, 10 << 20));
  auto inflated = inflate(packed, (10 << 20) - 1);
  ASSERT_FALSE(inflated);
  EXPECT_EQ(inflated.error().code(), Code::no_space);
}

TEST_P(EachFormat, GivesTheSameBytesEachTime) {
  EXPECT_EQ(compress(GetParam(), sample()), compress(GetParam(), sample()));
  EXPECT_NE(compress(GetParam(), sample(), 1), compress(GetParam(), sample(), 9));
}

TEST_P(EachFormat, RefusesALevelThatItHasNot) {
  MemorySink sink;
  EXPECT_FALSE(Deflater::make(GetParam(), sink, 99));
}

TEST(Inflater, PassesPlainBytesThrough) {
  EXPECT_EQ(inflate(sample()).value_or(""), sample());
  EXPECT_EQ(inflate("").value_or("x"), "");
  EXPECT_EQ(inflate("a").value_or(""), "a");
}

TEST(Inflater, PassesSkippableFramesOver) {
  std::string skippable("\x50\x2a\x4d\x18\x03\x00\x00\x00xyz", 11);
  EXPECT_EQ(inflate(skippable + compress(Compression::zstd, "data") + skippable).value_or(""), "data");
}

TEST(Inflater, RefusesAZstdWindowOfMoreThan128MiB) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, 28);
  std::string packed(1000, '\0');
  ZSTD_inBuffer in{"a", 1, 0};
  ZSTD_outBuffer out{packed.data(), packed.size(), 0};
  // Without the end in the same call the frame cannot know that it is small.
  ZSTD_compressStream2(context, &out, &in, ZSTD_e_flush);
  ZSTD_compressStream2(context, &out, &in, ZSTD_e_end);
  ZSTD_freeCCtx(context);
  auto inflated = inflate(packed.substr(0, out.pos));
  ASSERT_FALSE(inflated);
  EXPECT_EQ(inflated.error().code(), Code::unsupported);
}

TEST(Inflater, GivesTheSameThroughZlib) {
  std::string packed = compress(Compression::gzip, sample()) + compress(Compression::gzip, "more");
  MemorySource source(as_bytes(packed));
  auto decoder = make_zlib_decoder();
  ASSERT_TRUE(decoder);
  Inflater inflater(source, Compression::gzip, std::move(*decoder));
  EXPECT_EQ(drain(inflater).value_or(""), sample() + "more");
}

TEST(Inflater, ReadsWhatTheGzipProgramWrites) {
  TemporaryFolder folder;
  write_bytes(folder / "named", as_bytes(sample()));
  shell("gzip -9 -k " + folder / "named");
  auto packed = file_bytes(folder / "named.gz");
  EXPECT_EQ(inflate(as_text(packed)).value_or(""), sample());
}
