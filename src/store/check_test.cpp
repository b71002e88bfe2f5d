#include "store/check.hpp"

#include "store/test_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gantry::store {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;
using testing::UnorderedElementsAre;

using Check = StoreFixture;

TEST_F(Check, FindsNothingWrongWithASoundStore) {
  auto made = add_image("a", {"localhost/a:latest", "localhost/a:1"});
  add_image("b", {});
  ASSERT_TRUE(store->snapshots().prepare("c1", {store->layers().path(made.diff_id)}));
  roots = {{made.diff_id}, {"c1"}};
  EXPECT_THAT(check(), IsEmpty());
}

TEST_F(Check, FindsADamagedConfigAndTakesTheImageAway) {
  auto bad = add_image("bad", {"localhost/bad:latest"});
  add_image("good", {"localhost/good:latest"});
  ASSERT_TRUE(replace_file(store->blobs().path(bad.config), "{"));
  EXPECT_THAT(check(), ElementsAre(StartsWith("image localhost/bad:latest: it cannot be used: blob sha256:")));
  EXPECT_THAT(check(true), Contains(StartsWith("image localhost/bad:latest: it cannot be used")));
  EXPECT_THAT(check(), IsEmpty());
  EXPECT_TRUE(store->images().find("good"));
  EXPECT_THAT(store->blobs().list().value(), SizeIs(3));
}

TEST_F(Check, FindsAMissingManifest) {
  auto bad = add_image("bad", {"localhost/bad:latest"});
  ASSERT_TRUE(store->blobs().remove(bad.manifest.digest));
  EXPECT_THAT(check(), ElementsAre(AllOf(StartsWith("image localhost/bad:latest: "), HasSubstr("is missing"))));
}

TEST_F(Check, KeepsAnImageThatCanStillRun) {
  auto made = add_image("a", {"localhost/a:latest"});
  ASSERT_TRUE(store->blobs().remove(made.layer_blob));
  EXPECT_THAT(check(true), ElementsAre(HasSubstr("it can be run, but not saved")));
  EXPECT_TRUE(store->images().find("a"));
}

TEST_F(Check, FindsALayerThatIsNotUnpacked) {
  auto made = add_image("a", {"localhost/a:latest"});
  ASSERT_TRUE(store->layers().remove(made.diff_id));
  EXPECT_THAT(check(), ElementsAre("image localhost/a:latest: layer " + made.diff_id.text() +
                                   " is not unpacked, so it cannot be run (load it again)"));
}

TEST_F(Check, RemovesADamagedLayerUnlessAContainerIsMadeFromIt) {
  auto made = add_image("a", {"localhost/a:latest"});
  ASSERT_TRUE(remove_tree(store->layers().path(made.diff_id)));
  roots.layers = {made.diff_id};
  EXPECT_THAT(check(true), ElementsAre(HasSubstr("it is damaged: its files are gone")));
  EXPECT_TRUE(store->layers().has(made.diff_id));
  roots.layers.clear();
  EXPECT_THAT(check(true), Contains(HasSubstr("it is damaged: its files are gone")));
  EXPECT_FALSE(store->layers().has(made.diff_id));
}

TEST_F(Check, TellsAndCollectsWhatNothingNeeds) {
  auto made = add_image("a", {});
  ASSERT_TRUE(store->images().remove(made.config.hex()));
  ASSERT_TRUE(store->snapshots().prepare("lost", {store->layers().path(made.diff_id)}));
  auto findings = store::check(
                      *store, [] { return Result<Roots>(Roots()); }, false)
                      .value();
  EXPECT_THAT(findings, SizeIs(5));
  for (const auto& finding : findings) {
    EXPECT_EQ(finding.severity, Severity::info);
    EXPECT_TRUE(finding.repairable);
    EXPECT_FALSE(finding.repaired);
  }
  findings = store::check(
                 *store, [] { return Result<Roots>(Roots()); }, true)
                 .value();
  ASSERT_THAT(findings, SizeIs(5));
  EXPECT_TRUE(findings[0].repaired);
  EXPECT_THAT(check(), IsEmpty());
}

TEST_F(Check, SaysThatAContainerHasLostItsLayerOrItsFiles) {
  roots = {{digest_of("gone")}, {"c1"}};
  EXPECT_THAT(check(true),
              ElementsAre("layer " + digest_of("gone").text() + ": a container is made from it, but it is gone",
                          "snapshot c1: it is gone, and with it what the container had written"));
}

TEST_F(Check, FindsTreesThatAreDamagedOrNotNeeded) {
  const auto made = add_image("a", {"localhost/a:latest"});
  ASSERT_TRUE(make_folders(root + "/trees/" + made.diff_id.hex()));
  ASSERT_TRUE(make_folders(root + "/trees/" + digest_of("other").hex() + "/root"));
  EXPECT_THAT(check(true),
              UnorderedElementsAre("tree " + made.diff_id.hex() + ": it is damaged: its files are gone",
                                   "tree " + digest_of("other").hex() + ": neither an image nor a container needs it"));
  EXPECT_THAT(store->trees().list().value(), IsEmpty());
}

TEST_F(Check, JudgesNothingByAnIndexThatCannotBeRead) {
  add_image("a", {"localhost/a:latest"});
  ASSERT_TRUE(replace_file(root + "/index.json", "{"));
  EXPECT_THAT(check(true), ElementsAre(StartsWith("index.json: ")));
  EXPECT_THAT(store->blobs().list().value(), SizeIs(3));
}

TEST_F(Check, RemovesWhatAKilledProcessLeft) {
  ASSERT_TRUE(make_folders(root + "/tmp/0123456789abcdef/fs"));
  EXPECT_THAT(check(), IsEmpty());
  EXPECT_THAT(list_folder(root + "/tmp").value(), IsEmpty());
}

}  // namespace
}  // namespace gantry::store
