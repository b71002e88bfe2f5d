#include "base/clock.hpp"
#include "registry/check.hpp"
#include "registry/collect.hpp"
#include "registry/test_support.hpp"

namespace gantry::registry {
namespace {

using serve::Method;
using test::digest_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Upkeep : public test::WithRegistry {
 protected:
  /// As if an hour had passed.
  Collected collect_later(bool untagged = false) {
    auto collected = collect(*storage_, {.before = now() + 3600 * kSecond, .untagged = untagged});
    EXPECT_TRUE(collected);
    api_->forget_answers();
    return collected ? *collected : Collected{};
  }
  bool has_file(std::string_view bytes) { return storage_->blobs.has(*oci::Digest::parse(digest_of(bytes))); }
  void write_over(std::string_view bytes, std::string_view other) {
    ASSERT_TRUE(replace_file(storage_->blobs.path(*oci::Digest::parse(digest_of(bytes))), other));
  }
  Checked check_all(CheckSettings settings = {}) {
    auto checked = check(*storage_, settings);
    EXPECT_TRUE(checked);
    return checked ? *checked : Checked{};
  }
};

TEST_F(Upkeep, ACollectionTakesWhatNoManifestNames) {
  const auto manifest = make_manifest("a", "layer");
  push_manifest("a", "1", manifest);
  push_blob("a", "useless");
  push_blob("b", "layer");
  const auto collected = collect_later();
  EXPECT_EQ(collected.links, 2);
  EXPECT_EQ(collected.files, 1u);
  EXPECT_EQ(collected.bytes, 7u);
  EXPECT_FALSE(has_file("useless"));
  EXPECT_EQ(get("/v2/a/blobs/" + digest_of("layer")).body, "layer");
  EXPECT_EQ(get("/v2/b/blobs/" + digest_of("layer")).status, 404);
  EXPECT_EQ(get("/v2/a/manifests/1").body, manifest);
}

TEST_F(Upkeep, WhatWasPushedOrAskedForOfLateStays) {
  push_blob("a", "pushed");
  ASSERT_TRUE(collect(*storage_, {.before = now() - kSecond}));
  EXPECT_TRUE(has_file("pushed"));
  EXPECT_EQ(get("/v2/a/blobs/" + digest_of("pushed")).body, "pushed");
}

TEST_F(Upkeep, DeletedImagesAreTakenAndSharedBlobsStay) {
  const auto one = make_manifest("a", "one"), two = make_manifest("a", "two");
  push_manifest("a", "1", one);
  push_manifest("a", "2", two);
  remove("/v2/a/manifests/" + digest_of(one));
  collect_later();
  EXPECT_FALSE(has_file(one));
  EXPECT_FALSE(has_file("one"));
  EXPECT_TRUE(has_file("{}")) << "both configs";
  EXPECT_EQ(get("/v2/a/manifests/2").body, two);
}

TEST_F(Upkeep, UntaggedManifestsGoOnlyWhenAskedAndOnlyWhenNothingLeadsToThem) {
  const auto child = make_manifest("a", "child"), lone = make_manifest("a", "lone");
  push_manifest("a", digest_of(child), child);
  push_manifest("a", digest_of(lone), lone);
  const auto index = fmt::format(
      R"({{"schemaVersion":2,"manifests":[{{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{}","size":{}}}]}})",
      digest_of(child), child.size());
  push_manifest("a", "all", index, "application/vnd.oci.image.index.v1+json");
  const auto signature = make_manifest(
      "a", "signature",
      fmt::format(R"("subject":{{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{}","size":{}}},)",
                  digest_of(child), child.size()));
  push_manifest("a", digest_of(signature), signature);
  EXPECT_EQ(collect_later().manifests, 0);
  EXPECT_EQ(collect_later(true).manifests, 1);
  EXPECT_EQ(get("/v2/a/manifests/" + digest_of(lone)).status, 404);
  EXPECT_FALSE(has_file("lone"));
  for (const auto& kept : {child, index, signature}) EXPECT_EQ(get("/v2/a/manifests/" + digest_of(kept)).body, kept);
}

TEST_F(Upkeep, APushAfterACollectionBringsTheBlobBack) {
  push_blob("a", "bytes");
  collect_later();
  EXPECT_EQ(head("/v2/a/blobs/" + digest_of("bytes")).status, 404);
  EXPECT_EQ(push_blob("a", "bytes").status, 201);
  EXPECT_EQ(get("/v2/a/blobs/" + digest_of("bytes")).body, "bytes");
}

TEST_F(Upkeep, AnUploadIsNotCollected) {
  const auto place = begin("a");
  ask(Method::patch, place, "bytes");
  collect_later();
  EXPECT_EQ(ask(Method::put, place + "?digest=" + digest_of("bytes")).status, 201);
}

TEST_F(Upkeep, ACheckFindsNothingInASoundRegistry) {
  push_manifest("a", "1", make_manifest("a", "layer"));
  const auto checked = check_all();
  EXPECT_THAT(checked.problems, IsEmpty());
  EXPECT_EQ(checked.blobs, 3u);
}

TEST_F(Upkeep, ACheckFindsDamageAndWhatIsMissing) {
  push_manifest("a", "1", make_manifest("a", "layer"));
  write_over("layer", "lyaer");
  EXPECT_THAT(check_all({.hash = false}).problems, IsEmpty());
  EXPECT_THAT(check_all().problems, ElementsAre(HasSubstr(digest_of("layer") + " is damaged: a blob of a")));
  ASSERT_TRUE(storage_->blobs.remove(*oci::Digest::parse(digest_of("layer"))));
  EXPECT_THAT(check_all({.hash = false}).problems, ElementsAre(HasSubstr("is missing")));
}

TEST_F(Upkeep, ARepairLetsDamagedBlobsBePushedAgain) {
  push_manifest("a", "1", make_manifest("a", "layer"));
  write_over("layer", "lyaer");
  auto checked = check_all({.repair = true});
  EXPECT_EQ(checked.repaired, 1u);
  EXPECT_THAT(checked.problems, ElementsAre(HasSubstr("is needed by a manifest of a")));
  EXPECT_EQ(head("/v2/a/blobs/" + digest_of("layer")).status, 404);
  push_blob("a", "layer");
  EXPECT_THAT(check_all().problems, IsEmpty());
}

TEST_F(Upkeep, ARepairDropsManifestsThatAreGone) {
  const auto manifest = make_manifest("a", "layer");
  push_manifest("a", "1", manifest);
  ASSERT_TRUE(storage_->blobs.remove(*oci::Digest::parse(digest_of(manifest))));
  EXPECT_EQ(check_all({.repair = true}).repaired, 1u);
  EXPECT_THAT(check_all().problems, IsEmpty());
  EXPECT_EQ(get("/v2/a/manifests/1").status, 404);
}

}  // namespace
}  // namespace gantry::registry
