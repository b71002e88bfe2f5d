#include "cli/moment.hpp"

#include <gtest/gtest.h>

namespace gantry::cli {
namespace {

constexpr Timestamp kNow = 1'800'000'000 * kSecond;

TEST(Moment, CountsADurationFromNow) { EXPECT_EQ(*read_moment("1m30s", kNow), kNow - 90 * kSecond); }

TEST(Moment, ReadsSecondsSince1970) {
  EXPECT_EQ(*read_moment("1700000000", kNow), 1'700'000'000 * kSecond);
  EXPECT_EQ(*read_moment("1700000000.5", kNow), 1'700'000'000 * kSecond + kSecond / 2);
}

TEST(Moment, ReadsTimesThatAreCutShort) {
  const Timestamp noon = *parse_rfc3339("2026-01-31T12:00:00Z");
  EXPECT_EQ(*read_moment("2026-01-31T12:00:00Z", kNow), noon);
  EXPECT_EQ(*read_moment("2026-01-31T13:00:00+01:00", kNow), noon);
  EXPECT_EQ(*read_moment("2026-01-31T12:00:00", kNow), noon);
  EXPECT_EQ(*read_moment("2026-01-31T12:00", kNow), noon);
  EXPECT_EQ(*read_moment("2026-01-31", kNow), noon - 12 * 3600 * kSecond);
}

TEST(Moment, RefusesOtherWords) {
  for (const char* word : {"", "yesterday", "10 m", "2026-13-01", "1e300", "nan"})
    EXPECT_FALSE(read_moment(word, kNow)) << word;
}

TEST(Moment, IsPrintedAsGoDoes) {
  EXPECT_EQ(go_time(*parse_rfc3339("2026-01-31T12:00:00.5Z")), "2026-01-31 12:00:00 +0000 UTC");
}

}  // namespace
}  // namespace gantry::cli
