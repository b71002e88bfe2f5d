#include "registry/test_support.hpp"

namespace gantry::registry {
namespace {

using testing::ElementsAre;

class Images : public test::WithRegistry {};

TEST_F(Images, AreReadWithTagsPartsAndSubjects) {
  const std::string image = make_manifest("a", "layer");
  push_manifest("a", "1", image);
  push_manifest("a", "2", image);
  const std::string index = fmt::format(
      R"({{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{{"mediaType":"{}",)"
      R"("digest":"{}","size":{}}}],"subject":{{"mediaType":"{}","digest":"{}","size":{}}}}})",
      test::kManifestType, test::digest_of(image), image.size(), test::kManifestType, test::digest_of(image),
      image.size());
  EXPECT_EQ(push_manifest("a", "all", index, "application/vnd.oci.image.index.v1+json").status, 201);
  const auto images = storage_->metadata->images("a");
  ASSERT_TRUE(images) << images.error().message();
  ASSERT_EQ(images->size(), 2);
  EXPECT_THAT((*images)[0].tags, ElementsAre("1", "2"));
  EXPECT_TRUE((*images)[0].parts.empty());
  EXPECT_THAT((*images)[1].tags, ElementsAre("all"));
  EXPECT_THAT((*images)[1].parts, ElementsAre((*images)[0].digest));
  EXPECT_EQ((*images)[1].subject, (*images)[0].digest);
  EXPECT_GT((*images)[1].time, 0);
  EXPECT_TRUE(storage_->metadata->images("other")->empty());
}

TEST_F(Images, OfOtherRegistriesGoWhenTheirTimeHasCome) {
  auto put = [&](const std::string& repository, bool partial) {
    NewManifest manifest;
    manifest.record.digest = *oci::Digest::parse(test::digest_of(repository));
    manifest.record.media_type = test::kManifestType;
    manifest.tag = "1";
    manifest.partial = partial;
    EXPECT_TRUE(storage_->metadata->put_manifest(repository, manifest, [] { return Result<>(); }));
  };
  put("old", true);
  put("young", true);
  put("own", false);
  const auto dropped = storage_->metadata->drop_partial_manifests(
      [](std::string_view repository) { return repository == "old" ? INT64_MAX : std::int64_t{0}; });
  ASSERT_TRUE(dropped) << dropped.error().message();
  EXPECT_EQ(*dropped, 1);
  EXPECT_TRUE(storage_->metadata->images("old")->empty());
  EXPECT_TRUE(storage_->metadata->tags("old", "", 9)->names.empty());
  EXPECT_EQ(storage_->metadata->images("young")->size(), 1);
  EXPECT_EQ(storage_->metadata->images("own")->size(), 1);
}

TEST_F(Images, JobsAreRemembered) {
  EXPECT_EQ(*storage_->metadata->job_time("a"), 0);
  ASSERT_TRUE(storage_->metadata->note_job("a", 7));
  ASSERT_TRUE(storage_->metadata->note_job("a", 9));
  restart();
  EXPECT_EQ(*storage_->metadata->job_time("a"), 9);
}

}  // namespace
}  // namespace gantry::registry
