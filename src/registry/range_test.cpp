#include "registry/range.hpp"

#include <gmock/gmock.h>

namespace gantry::registry {
namespace {

void expect_part(std::string_view field, std::uint64_t first, std::uint64_t size) {
  const auto answer = parse_range(field, 100);
  EXPECT_EQ(answer.kind, RangeKind::part) << field;
  EXPECT_EQ(answer.range, (ByteRange{first, size})) << field;
}

TEST(Range, PartsAreFound) {
  expect_part("bytes=0-0", 0, 1);
  expect_part("bytes=10-19", 10, 10);
  expect_part("bytes=10-", 10, 90);
  expect_part("bytes=90-1000", 90, 10);
  expect_part("bytes=-10", 90, 10);
  expect_part("bytes=-1000", 0, 100);
}

TEST(Range, WhatBeginsBehindTheEndCannotBeSatisfied) {
  for (const char* field : {"bytes=100-", "bytes=100-200", "bytes=-0", "bytes=18446744073709551615-"})
    EXPECT_EQ(parse_range(field, 100).kind, RangeKind::unsatisfiable) << field;
  EXPECT_EQ(parse_range("bytes=0-", 0).kind, RangeKind::unsatisfiable);
}

TEST(Range, WhatIsNoRangeIsPassedOver) {
  for (const char* field : {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-4", "bytes=0-1,3-4", "lines=0-1",
                            "bytes=0x1-2", "bytes=1-18446744073709551616"})
    EXPECT_EQ(parse_range(field, 100).kind, RangeKind::whole) << field;
}

TEST(Range, ChunksSayWhereTheyAre) {
  EXPECT_EQ(parse_content_range("0-99"), (ByteRange{0, 100}));
  EXPECT_EQ(parse_content_range("bytes 5-5/*"), (ByteRange{5, 1}));
  for (const char* field : {"", "-", "5", "9-5", "a-b", "-5", "5-", "0-18446744073709551615"})
    EXPECT_FALSE(parse_content_range(field)) << field;
}

}  // namespace
}  // namespace gantry::registry
