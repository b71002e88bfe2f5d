#include "base/clock.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace gantry {
namespace {

std::string again(std::string_view text) {
  auto time = parse_rfc3339(text);
  return time ? to_rfc3339(*time) : time.error().message();
}

TEST(Clock, WritesTimesInUtcWithNanoseconds) {
  EXPECT_EQ(to_rfc3339(0), "1970-01-01T00:00:00.000000000Z");
  EXPECT_EQ(to_rfc3339(-1), "1969-12-31T23:59:59.999999999Z");
  EXPECT_EQ(to_rfc3339(std::numeric_limits<Timestamp>::min()), "1677-09-21T00:12:43.145224192Z");
  EXPECT_EQ(to_rfc3339(1'769'860'800'123'456'789), "2026-01-31T12:00:00.123456789Z");
}

TEST(Clock, ReadsRfc3339) {
  EXPECT_EQ(again("2026-01-31T12:00:00Z"), "2026-01-31T12:00:00.000000000Z");
  EXPECT_EQ(again("2026-01-31 12:00:00.5z"), "2026-01-31T12:00:00.500000000Z");
  EXPECT_EQ(again("2026-01-31T12:00:00.1234567891234+02:30"), "2026-01-31T09:30:00.123456789Z");
  EXPECT_EQ(again("2026-02-28T23:30:00-01:00"), "2026-03-01T00:30:00.000000000Z");
  EXPECT_EQ(again("2024-02-29T00:00:00Z"), "2024-02-29T00:00:00.000000000Z");
  EXPECT_EQ(again("2016-12-31T23:59:60Z"), "2017-01-01T00:00:00.000000000Z");
  EXPECT_EQ(again("1969-12-31T23:59:59.25Z"), "1969-12-31T23:59:59.250000000Z");
}

TEST(Clock, ClampsTimesThatDoNotFit) {
  EXPECT_EQ(*parse_rfc3339("0001-01-01T00:00:00Z"), std::numeric_limits<Timestamp>::min());
  EXPECT_EQ(*parse_rfc3339("9999-12-31T23:59:59.999Z"), std::numeric_limits<Timestamp>::max());
}

TEST(Clock, RefusesWhatIsNoTime) {
  for (const char* text :
       {"", "2026", "2026-01-31", "2026-01-31T12:00:00", "2026-13-31T12:00:00Z", "2026-02-29T12:00:00Z",
        "2026-01-31T24:00:00Z", "2026-01-31T12:60:00Z", "2026-01-31T12:00:61Z", "2026-01-31T12:00:00.Z",
        "2026-01-31T12:00:00+0200", "2026-01-31T12:00:00+24:00", "2026-01-31T12:00:00Zx", "2026/01/31T12:00:00Z",
        "2026-01-31T12:00:0xZ", "-026-01-31T12:00:00Z"})
    EXPECT_FALSE(parse_rfc3339(text)) << text;
}

TEST(Clock, ReadsDurations) {
  EXPECT_EQ(*parse_duration("0"), 0);
  EXPECT_EQ(*parse_duration("10s"), 10 * kSecond);
  EXPECT_EQ(*parse_duration("1m30s"), 90 * kSecond);
  EXPECT_EQ(*parse_duration("1.5h"), 5400 * kSecond);
  EXPECT_EQ(*parse_duration("250ms"), kSecond / 4);
  EXPECT_EQ(*parse_duration("4.35s"), 4'350'000'000);
  EXPECT_EQ(*parse_duration("7us3ns"), 7003);
}

TEST(Clock, RefusesWhatIsNoDuration) {
  for (const char* text : {"", "10", "s", "-1s", "1d", "1.2.3s", "1s ", "9999999999999h", "1e3s"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(Clock, TellsAgesAsDockerDoes) {
  constexpr std::int64_t kHour = 3600 * kSecond, kDay = 24 * kHour;
  EXPECT_EQ(human_age(kSecond - 1), "Less than a second");
  EXPECT_EQ(human_age(kSecond), "1 second");
  EXPECT_EQ(human_age(59 * kSecond), "59 seconds");
  EXPECT_EQ(human_age(60 * kSecond), "About a minute");
  EXPECT_EQ(human_age(59 * 60 * kSecond), "59 minutes");
  EXPECT_EQ(human_age(kHour), "About an hour");
  EXPECT_EQ(human_age(47 * kHour), "47 hours");
  EXPECT_EQ(human_age(13 * kDay), "13 days");
  EXPECT_EQ(human_age(21 * kDay), "3 weeks");
  EXPECT_EQ(human_age(90 * kDay), "3 months");
  EXPECT_EQ(human_age(800 * kDay), "2 years");
}

TEST(Clock, TheMonotonicClockGrows) {
  const auto before = monotonic();
  EXPECT_GE(monotonic(), before);
  EXPECT_GT(now(), 1'700'000'000 * kSecond);
}

}  // namespace
}  // namespace gantry
