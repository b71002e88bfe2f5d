#include "progress/line.hpp"

#include <gtest/gtest.h>

namespace gantry::progress {
namespace {

const std::string kLabel = "Copying blob sha256:1f2e3d4c5b6a79880123456789abcdef0123456789abcdef0123456789abcdef";

TEST(BarLine, ShowsBarBytesSpeedAndTimeLeft) {
  EXPECT_EQ(bar_line(kLabel, {.done = 5'000'000, .whole = 10'000'000, .speed = 500'000}, 90),
            "Copying blob 1f2e3d4c5b6a [=================>                ] 5MB / 10MB   500kB/s   0:10");
}

TEST(BarLine, LeavesOutWhatDoesNotFit) {
  for (std::size_t columns = 0; columns < 120; ++columns) {
    std::string line = bar_line(kLabel, {.done = 5'000'000, .whole = 10'000'000, .speed = 500'000}, columns);
    EXPECT_LE(line.size(), columns);
  }
  EXPECT_EQ(bar_line(kLabel, {.done = 1, .whole = 2, .speed = 0}, 35), "Copying blob 1f2e3d4c5b6a 1B / 2B");
  EXPECT_EQ(bar_line(kLabel, {.done = 1, .whole = 2, .speed = 0}, 12), "Copying blob");
}

TEST(BarLine, BearsMoreThanThereShouldBeAndNothingAtAll) {
  EXPECT_NE(bar_line("x", {.done = 30, .whole = 20, .speed = 5}, 60).find("[====="), std::string::npos);
  EXPECT_NE(bar_line("x", {.done = 0, .whole = 0, .speed = 0}, 60).find("[====="), std::string::npos);
  EXPECT_EQ(bar_line("x", {.done = 30, .whole = {}, .speed = 10}, 60), "x 30B     10B/s");
}

TEST(BarLine, ShortensDigestsAlone) {
  EXPECT_EQ(short_label(kLabel), "Copying blob 1f2e3d4c5b6a");
  EXPECT_EQ(short_label("Copying layer 2 of localhost:5000/app:1"), "Copying layer 2 of localhost:5000/app:1");
}

TEST(ClockTime, IsShort) {
  EXPECT_EQ(clock_time(7), "0:07");
  EXPECT_EQ(clock_time(754), "12:34");
  EXPECT_EQ(clock_time(3723), "1:02:03");
  EXPECT_EQ(clock_time(1e9), "--:--");
}

}  // namespace
}  // namespace gantry::progress
