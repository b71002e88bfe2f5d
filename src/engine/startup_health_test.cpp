#include "engine/startup_health.hpp"

#include <gtest/gtest.h>

namespace gantry::engine {
namespace {

TEST(StartupHealth, PassesAfterSuccessesInARow) {
  StartupState state;
  const StartupHealth check{.success = 2};
  EXPECT_EQ(add_startup_result(state, true, check), Startup::waiting);
  EXPECT_EQ(add_startup_result(state, false, check), Startup::waiting);
  EXPECT_EQ(add_startup_result(state, true, check), Startup::waiting);
  EXPECT_EQ(add_startup_result(state, true, check), Startup::passed);
  EXPECT_TRUE(state.passed);
}

TEST(StartupHealth, FailsOnceWhenItMay) {
  StartupState state;
  EXPECT_EQ(add_startup_result(state, false, {.retries = 2}), Startup::waiting);
  EXPECT_EQ(add_startup_result(state, false, {.retries = 2}), Startup::failed);
  EXPECT_EQ(add_startup_result(state, false, {.retries = 2}), Startup::waiting);
  EXPECT_EQ(add_startup_result(state, false, {}), Startup::waiting);
}

}  // namespace
}  // namespace gantry::engine
