#include "archive/pipeline.hpp"
#include "archive/deflate.hpp"
#include "archive/test_support.hpp"

#include <gtest/gtest.h>

#include <thread>

using namespace gantry;
using namespace gantry::archive;
using namespace gantry::archive::test;

namespace {

/// More than the rings hold.
const std::size_t kSize = 3 * Ring::kSlots * Ring::kSlotSize + 12345;

std::string sample() {
  std::string text(kSize, '\0');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * i >> 7);
  return text;
}

std::string packed_sample() {
  MemorySink sink;
  auto deflater = Deflater::make(Compression::zstd, sink, 1);
  EXPECT_TRUE(deflater && (*deflater)->write(as_bytes(sample())) && (*deflater)->finish());
  return std::string(as_text(sink.data()));
}

/// Gives some bytes and then fails.
class Failing final : public Source {
 public:
  Result<std::size_t> read(std::span<std::byte> buffer) override {
    if (++reads_ > 3) return fail(Code::denied, "the line is cut");
    std::fill(buffer.begin(), buffer.end(), std::byte{'x'});
    return buffer.size();
  }

 private:
  int reads_ = 0;
};

}  // namespace

TEST(Pipeline, GivesTheContentAndBothDigests) {
  std::string packed = packed_sample();
  Pipeline pipeline(std::make_unique<MemorySource>(as_bytes(packed)));
  EXPECT_TRUE(drain(pipeline, 100'000).value_or("") == sample());
  auto digests = pipeline.finish();
  ASSERT_TRUE(digests);
  EXPECT_EQ(digests->compression, Compression::zstd);
  EXPECT_EQ(digests->packed, hash_of(as_bytes(packed)));
  EXPECT_EQ(digests->packed_size, packed.size());
  EXPECT_EQ(digests->unpacked, hash_of(as_bytes(sample())));
  EXPECT_EQ(digests->unpacked_size, kSize);
}

TEST(Pipeline, HashesWhatTheConsumerLeaves) {
  std::string text = sample();
  Pipeline pipeline(std::make_unique<MemorySource>(as_bytes(text)));
  std::array<std::byte, 10> some;
  ASSERT_TRUE(pipeline.read(some));
  auto digests = pipeline.finish();
  ASSERT_TRUE(digests);
  EXPECT_EQ(digests->compression, Compression::none);
  EXPECT_EQ(digests->unpacked, hash_of(as_bytes(text)));
  EXPECT_EQ(digests->packed, digests->unpacked);
}

TEST(Pipeline, KnowsTheEmptyStream) {
  Pipeline pipeline(std::make_unique<MemorySource>(Bytes()));
  auto digests = pipeline.finish();
  ASSERT_TRUE(digests);
  EXPECT_EQ(digests->unpacked, hash_of({}));
}

TEST(Pipeline, EndsWhenItsConsumerGoesAway) {
  std::string packed = packed_sample();
  Pipeline pipeline(std::make_unique<MemorySource>(as_bytes(packed)));
  std::array<std::byte, 10> some;
  ASSERT_TRUE(pipeline.read(some));
}

TEST(Pipeline, CarriesAnErrorOfTheSource) {
  Pipeline pipeline(std::make_unique<Failing>());
  auto digests = pipeline.finish();
  ASSERT_FALSE(digests);
  EXPECT_EQ(digests.error().text(), "the line is cut");
}

TEST(Pipeline, CarriesAnErrorOfTheInflater) {
  std::string packed = packed_sample();
  packed.resize(packed.size() / 2);
  Pipeline pipeline(std::make_unique<MemorySource>(as_bytes(packed)));
  auto text = drain(pipeline);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code(), Code::corrupt);
}

TEST(Pipeline, StopsAtTheLimit) {
  std::string packed = packed_sample();
  Pipeline pipeline(std::make_unique<MemorySource>(as_bytes(packed)), {.limit = kSize - 1});
  auto digests = pipeline.finish();
  ASSERT_FALSE(digests);
  EXPECT_EQ(digests.error().code(), Code::no_space);
}

TEST(Pipeline, HashesByTheAlgorithmsAskedFor) {
  Pipeline pipeline(std::make_unique<MemorySource>(as_bytes("abc")),
                    {.packed = oci::Algorithm::sha512, .unpacked = oci::Algorithm::sha256});
  auto digests = pipeline.finish();
  ASSERT_TRUE(digests);
  EXPECT_EQ(digests->packed, hash_of(as_bytes("abc"), oci::Algorithm::sha512));
  EXPECT_EQ(digests->unpacked, hash_of(as_bytes("abc")));
}
