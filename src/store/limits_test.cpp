#include "store/limits.hpp"

#include "store/test_support.hpp"

#include <gtest/gtest.h>

namespace gantry::store {
namespace {

using Words = std::vector<std::string>;

TEST(Limits, AreReadFromWords) {
  auto limits = read_limits(Words{"size=20g", "layer.size=1m", "layer.files=7"});
  ASSERT_TRUE(limits);
  EXPECT_EQ(limits->size, 20ull << 30);
  EXPECT_EQ(limits->layer_size, 1u << 20);
  EXPECT_EQ(limits->layer_files, 7u);
  EXPECT_EQ(read_limits(Words{})->size, Limits::kNone);
}

TEST(Limits, RefuseWhatIsNotUnderstood) {
  for (const char* word : {"size", "size=", "size=many", "layer.files=-1", "overlay.mountopt=nodev", ""})
    EXPECT_EQ(read_limits(Words{word}).error().code(), Code::invalid) << word;
}

TEST_F(StoreFixture, SaysHowMuchItMayGrow) {
  EXPECT_EQ(store->room().value(), Limits::kNone);
  auto limited = Store::open(root, overlay_driver(), {.size = 100'000});
  ASSERT_TRUE(limited);
  EXPECT_EQ(limited->room().value(), 100'000u);
  add_image("a", {});
  const auto room = limited->room().value();
  EXPECT_LT(room, 99'000u);  // the layer's tar has 1000 bytes
  EXPECT_GT(room, 95'000u);
  EXPECT_EQ(Store::open(root, overlay_driver(), {.size = 10})->room().value(), 0u);
}

}  // namespace
}  // namespace gantry::store
