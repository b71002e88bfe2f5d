#include "store/collect.hpp"

#include "store/chain.hpp"
#include "store/test_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gantry::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class Collect : public StoreFixture {
 protected:
  Collected collect(Wait wait = Wait::no) {
    auto collected = store::collect(
        *store, [this] { return Result<Roots>(roots); }, wait);
    EXPECT_TRUE(collected) << collected.error().message();
    return *collected;
  }
};

TEST_F(Collect, RemovesWhatNoImageNeeds) {
  auto kept = add_image("kept", {"localhost/kept:latest"});
  auto gone = add_image("gone", {"localhost/gone:latest"});
  ASSERT_TRUE(store->images().remove(gone.config.hex()));
  auto collected = collect();
  EXPECT_EQ(collected.blobs, 3u);
  EXPECT_EQ(collected.layers, 1u);
  EXPECT_GT(collected.bytes, 0u);
  EXPECT_THAT(store->layers().list().value(), ElementsAre(kept.diff_id));
  EXPECT_THAT(store->blobs().list().value(), UnorderedElementsAre(kept.manifest.digest, kept.config, kept.layer_blob));
}

TEST_F(Collect, KeepsTheLayersOfContainers) {
  auto gone = add_image("gone", {});
  ASSERT_TRUE(store->images().remove(gone.config.hex()));
  roots.layers = {gone.diff_id};
  EXPECT_EQ(collect().layers, 0u);
  EXPECT_TRUE(store->layers().has(gone.diff_id));
}

TEST_F(Collect, RemovesSnapshotsThatNoContainerHas) {
  auto layer = store->layers().path(add_layer("base"));
  roots.layers = {digest_of("diff of base")};
  ASSERT_TRUE(store->snapshots().prepare("known", {layer}));
  ASSERT_TRUE(store->snapshots().prepare("lost", {layer}));
  roots.containers = {"known"};
  EXPECT_EQ(collect().snapshots, 1u);
  EXPECT_THAT(store->snapshots().list().value(), ElementsAre("known"));
}

TEST_F(Collect, LeavesAStoreInUseToALaterOne) {
  add_layer("unused");
  {
    auto used = store->use();
    EXPECT_TRUE(collect().postponed);
  }
  EXPECT_EQ(collect().layers, 1u);
}

TEST_F(Collect, RemovesTreesThatArePartOfNoImageAndOfNoContainersImage) {
  const auto image = add_image("kept", {"localhost/kept:latest"});
  const std::vector<oci::Digest> stack{image.diff_id, add_layer("second"), add_layer("third")};
  for (const auto& chain : chain_ids(stack)) ASSERT_TRUE(make_folders(root + "/trees/" + chain.hex() + "/root"));
  roots.layers = {stack[0], stack[1]};
  roots.stacks = {{stack[0], stack[1]}};
  EXPECT_EQ(collect().trees, 1u);
  EXPECT_THAT(store->trees().list().value(), UnorderedElementsAre(chain_ids(stack)[0], chain_ids(stack)[1]));
  roots = {};
  EXPECT_EQ(collect().trees, 1u);
  EXPECT_THAT(store->trees().list().value(), ElementsAre(image.diff_id));
}

TEST_F(Collect, TouchesNothingWhileAnImageIsDamaged) {
  auto bad = add_image("bad", {"localhost/bad:latest"});
  ASSERT_TRUE(replace_file(store->blobs().path(bad.manifest.digest), "{"));
  auto collected = store::collect(*store, [] { return Result<Roots>(Roots()); });
  ASSERT_FALSE(collected);
  EXPECT_THAT(collected.error().message(), HasSubstr("image localhost/bad:latest is damaged"));
  EXPECT_TRUE(store->layers().has(bad.diff_id));
}

TEST_F(Collect, AsksForTheRootsWhenNobodyElseUsesTheStore) {
  bool was_alone = false;
  ASSERT_TRUE(store::collect(*store, [&]() -> Result<Roots> {
    auto other = Lock::try_take(root + "/layers", Lock::Mode::shared);
    was_alone = !other && other.error().code() == Code::busy;
    return Roots();
  }));
  EXPECT_TRUE(was_alone);
}

TEST_F(Collect, FailsWhenTheRootsAreNotKnown) {
  add_layer("unused");
  auto collected = store::collect(*store, []() -> Result<Roots> { return fail(Code::failed, "no database"); });
  EXPECT_FALSE(collected);
  EXPECT_TRUE(store->layers().has(digest_of("diff of unused")));
}

}  // namespace
}  // namespace gantry::store
