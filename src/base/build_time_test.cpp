#include "base/build_time.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace gantry {
namespace {

class BuildTime : public testing::Test {
 protected:
  void TearDown() override { unsetenv("SOURCE_DATE_EPOCH"); }
};

TEST_F(BuildTime, IsThePresentWhenNobodySaysOtherwise) {
  unsetenv("SOURCE_DATE_EPOCH");
  EXPECT_EQ(*source_date_epoch(), std::nullopt);
  EXPECT_GT(*build_time(), 1'700'000'000 * kSecond);
  setenv("SOURCE_DATE_EPOCH", "", 1);
  EXPECT_EQ(*source_date_epoch(), std::nullopt);
}

TEST_F(BuildTime, IsWhatTheEnvironmentSays) {
  setenv("SOURCE_DATE_EPOCH", "1000", 1);
  EXPECT_EQ(*build_time(), 1000 * kSecond);
}

TEST_F(BuildTime, RefusesWhatIsNoNumberOfSeconds) {
  for (const char* text : {"-1", "1.5", "yesterday", "9223372037"}) {
    setenv("SOURCE_DATE_EPOCH", text, 1);
    EXPECT_FALSE(build_time()) << text;
  }
}

}  // namespace
}  // namespace gantry
