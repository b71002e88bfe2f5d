#include "store/test_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gantry::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// An image whose layer has data of another one, which is of no image.
class Needs : public StoreFixture {
 protected:
  void SetUp() override {
    StoreFixture::SetUp();
    needed = add_layer("needed");
    auto staging = store->layers().begin();
    ASSERT_TRUE(replace_file(staging->path() + "/file", "x"));
    ASSERT_TRUE(staging->commit(digest_of("diff of top"), {.size = 1, .entries = 1, .needs = {needed.text()}}));
    image = add_image("top", {"localhost/top:latest"});
  }

  Collected collect() {
    auto collected = store::collect(*store, [this] { return Result<Roots>(roots); });
    EXPECT_TRUE(collected) << collected.error().message();
    return collected.value_or(Collected());
  }

  oci::Digest needed;
  MadeImage image;
};

TEST_F(Needs, KeepTheLayerWhileTheImageIsThere) {
  collect();
  EXPECT_TRUE(store->layers().has(needed));
  EXPECT_THAT(check(), IsEmpty());
  EXPECT_THAT(check(true), IsEmpty());
  EXPECT_TRUE(store->layers().has(needed));
}

TEST_F(Needs, KeepTheLayerWhileAContainerIsThere) {
  roots.layers = {image.diff_id};
  ASSERT_TRUE(store->images().drop(image.manifest.digest));
  collect();
  EXPECT_TRUE(store->layers().has(needed));
  roots.layers.clear();
  collect();
  EXPECT_FALSE(store->layers().has(needed));
}

TEST_F(Needs, AreMissedWhenTheyAreGone) {
  ASSERT_TRUE(remove_tree(store->layers().path(needed)));
  EXPECT_FALSE(store->layers().is_whole(image.diff_id));
  EXPECT_THAT(check(), testing::Contains(HasSubstr("a layer that it shares data with is gone or damaged")));
}

TEST_F(Needs, AreFoundBesideTheImage) {
  std::string target(300, '\0');
  ssize_t size = readlink((store->layers().path(image.diff_id) + ".1").c_str(), target.data(), target.size());
  ASSERT_GT(size, 0);
  target.resize(static_cast<std::size_t>(size));
  EXPECT_THAT(target, HasSubstr("../../sha256/" + needed.hex() + "/"));
}

}  // namespace
}  // namespace gantry::store
