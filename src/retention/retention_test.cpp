#include "retention/retention.hpp"

#include "archive/hash.hpp"

#include <gmock/gmock.h>

namespace gantry::retention {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr std::int64_t kDay = 24 * 3600 * kSecond;
constexpr Timestamp kNow = 1000 * kDay;

oci::Digest digest_of(std::string_view name) { return archive::hash_of(as_bytes(name)); }

/// An image called `name`, so many days old.
Image image(std::string_view name, std::int64_t days, std::vector<std::string> tags) {
  return {.digest = digest_of(name), .time = kNow - days * kDay, .tags = std::move(tags), .parts = {}, .subject = {}};
}

std::vector<std::string> names(const std::vector<Image>& images, const Rule& rule) {
  std::vector<std::string> found;
  for (const auto& each : expired(images, rule, kNow))
    for (const char* name : {"a", "b", "c", "d", "index", "signature"})
      if (each.digest == digest_of(name)) found.emplace_back(name);
  return found;
}

TEST(Retention, KeepsTheNewestTags) {
  const std::vector<Image> images = {image("a", 3, {"1"}), image("b", 1, {"3"}), image("c", 2, {"2"})};
  EXPECT_THAT(names(images, {.keep_last = 2}), ElementsAre("a"));
  EXPECT_THAT(names(images, {.keep_last = 0}), UnorderedElementsAre("a", "b", "c"));
  EXPECT_THAT(names(images, {.keep_last = 9}), IsEmpty());
}

TEST(Retention, KeepsWhatIsYoungAndWhatIsNamed) {
  const std::vector<Image> images = {image("a", 40, {"v1"}), image("b", 40, {"dev-1"}), image("c", 2, {"dev-2"})};
  EXPECT_THAT(names(images, {.older_than = 30 * kDay}), UnorderedElementsAre("a", "b"));
  EXPECT_THAT(names(images, {.older_than = 30 * kDay, .keep = {"v*"}}), ElementsAre("b"));
  EXPECT_THAT(names(images, {.keep_last = 0, .tags = {"dev-*"}}), UnorderedElementsAre("b", "c"));
  EXPECT_THAT(names(images, {.keep_last = 1, .older_than = 30 * kDay}), UnorderedElementsAre("a", "b"));
}

TEST(Retention, AnImageStaysWithTheLastOfItsTags) {
  const std::vector<Image> images = {image("a", 40, {"build-1", "stable"}), image("b", 40, {"build-2"})};
  EXPECT_THAT(names(images, {.keep_last = 0, .keep = {"stable"}}), ElementsAre("b"));
}

TEST(Retention, WhatNobodyKnowsTheAgeOfStays) {
  std::vector<Image> images = {image("a", 40, {"1"}), image("b", 1, {"2"})};
  images[0].time = 0;
  EXPECT_THAT(names(images, {.keep_last = 0, .untagged = true}), ElementsAre("b"));
}

TEST(Retention, AnIndexGoesBeforeItsImagesAndTakesThoseThatNobodyElseNames) {
  std::vector<Image> images = {image("a", 40, {}), image("b", 40, {}), image("index", 40, {"1"}), image("c", 1, {"2"}),
                               image("signature", 40, {})};
  images[2].parts = {digest_of("a"), digest_of("b")};
  images[3].parts = {digest_of("b")};
  images[4].subject = digest_of("index");
  EXPECT_THAT(names(images, {.keep_last = 1}), ElementsAre("signature", "index", "a"));
}

TEST(Retention, SignaturesUnderTagsOfTheirOwnGoWithTheirImage) {
  std::vector<Image> images = {image("a", 40, {"1"}), image("b", 1, {"2"}), image("signature", 50, {})};
  images[2].tags = {"sha256-" + digest_of("a").hex() + ".sig"};
  EXPECT_THAT(names(images, {.keep_last = 1}), ElementsAre("signature", "a"));
  images[2].tags = {"sha256-" + digest_of("b").hex()};
  EXPECT_THAT(names(images, {.keep_last = 1}), ElementsAre("a"));
}

TEST(Retention, UntaggedImagesGoOnlyWhenTheRuleSaysSo) {
  std::vector<Image> images = {image("a", 40, {}), image("b", 0, {}), image("c", 1, {"1"}), image("signature", 3, {})};
  images[3].subject = digest_of("c");
  EXPECT_THAT(names(images, {.keep_last = 1}), IsEmpty());
  EXPECT_THAT(names(images, {.untagged = true}), ElementsAre("a"));
}

TEST(Retention, KnowsTheTagsOfReferrers) {
  const std::string hex = digest_of("a").hex();
  EXPECT_EQ(subject_of_tag("sha256-" + hex), digest_of("a"));
  EXPECT_EQ(subject_of_tag("sha256-" + hex + ".att"), digest_of("a"));
  EXPECT_FALSE(subject_of_tag("sha256-" + hex + "0"));
  EXPECT_FALSE(subject_of_tag("sha256-1"));
  EXPECT_FALSE(subject_of_tag("latest"));
}

}  // namespace
}  // namespace gantry::retention
