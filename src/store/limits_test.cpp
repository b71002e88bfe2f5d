#include "store/limits.hpp"

#include "store/test_support.hpp"

#include <gtest/gtest.h>

namespace gantry::store {
namespace {

TEST_F(StoreFixture, SaysHowMuchItMayGrow) {
  EXPECT_EQ(store->room().value(), Limits::kNone);
  auto limited = Store::open(root, overlay_driver(), {.limits = {.size = 100'000}});
  ASSERT_TRUE(limited);
  EXPECT_EQ(limited->room().value(), 100'000u);
  add_image("a", {});
  const auto room = limited->room().value();
  EXPECT_LT(room, 99'000u);  // the layer's tar has 1000 bytes
  EXPECT_GT(room, 95'000u);
  EXPECT_EQ(Store::open(root, overlay_driver(), {.limits = {.size = 10}})->room().value(), 0u);
}

}  // namespace
}  // namespace gantry::store
