#include "cli/image_filter.hpp"

#include <gmock/gmock.h>

namespace gantry::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

store::ImageSummary busybox() {
  store::ImageSummary image;
  image.id = "0123456789ab";
  image.names = {"localhost/busybox:latest", "docker.io/library/busybox:1.36"};
  image.labels = {{"tier", "front"}};
  return image;
}

/// Of the one image that there is beside.
Result<Timestamp> creation_of_other(const std::string& name) {
  if (name != "other") return fail(Code::not_found, "no image '{}'", name);
  return 1'000'000'000 * kSecond;
}

Result<ImageFilter> make(const Filters& filters) { return ImageFilter::make(filters, creation_of_other); }

std::vector<std::string> shown(const Filters& filters, const store::ImageSummary& image) {
  auto filter = make(filters);
  EXPECT_TRUE(filter);
  return filter->names_of(image);
}

TEST(ImageFilter, ShowsEveryNameWithoutFilters) {
  EXPECT_THAT(shown({}, busybox()), ElementsAre("localhost/busybox:latest", "docker.io/library/busybox:1.36"));
}

TEST(ImageFilter, ShowsAnImageWithoutANameOnce) { EXPECT_THAT(shown({}, {}), ElementsAre("")); }

TEST(ImageFilter, MatchesReferences) {
  EXPECT_THAT(shown({{"reference", "busybox:1.36"}}, busybox()), ElementsAre("docker.io/library/busybox:1.36"));
  EXPECT_THAT(shown({{"reference", "localhost/*"}}, busybox()), ElementsAre("localhost/busybox:latest"));
  EXPECT_THAT(shown({{"reference", "alpine"}}, busybox()), IsEmpty());
  EXPECT_THAT(shown({{"reference", "*"}}, {}), IsEmpty());
}

TEST(ImageFilter, TellsDanglingImagesApart) {
  EXPECT_THAT(shown({{"dangling", "true"}}, busybox()), IsEmpty());
  EXPECT_THAT(shown({{"dangling", "true"}}, {}), ElementsAre(""));
  EXPECT_THAT(shown({{"dangling", "false"}}, {}), IsEmpty());
}

TEST(ImageFilter, MatchesLabelsAndIds) {
  EXPECT_EQ(shown({{"label", "tier"}}, busybox()).size(), 2u);
  EXPECT_EQ(shown({{"label", "tier=front"}}, busybox()).size(), 2u);
  EXPECT_THAT(shown({{"label", "tier=back"}}, busybox()), IsEmpty());
  EXPECT_THAT(shown({{"label", "tier"}, {"label", "other"}}, busybox()), IsEmpty());
  EXPECT_EQ(shown({{"id", "0123"}}, busybox()).size(), 2u);
  EXPECT_THAT(shown({{"id", "123"}}, busybox()), IsEmpty());
}

TEST(ImageFilter, TellsImagesWithoutALabelAndOlderOnesApart) {
  EXPECT_THAT(shown({{"label!", "tier"}}, busybox()), IsEmpty());
  EXPECT_EQ(shown({{"label!", "tier=back"}}, busybox()).size(), 2u);
  store::ImageSummary image = busybox();
  image.created = 1'000'000'000 * kSecond;  // 2001-09-09
  EXPECT_EQ(shown({{"until", "2001-09-10"}}, image).size(), 2u);
  EXPECT_THAT(shown({{"until", "2001-09-09"}}, image), IsEmpty());
  EXPECT_EQ(shown({{"until", "24h"}}, image).size(), 2u);
  EXPECT_FALSE(make({{"until", "yesterday"}}));
}

TEST(ImageFilter, ShowsWhatIsOlderOrNewerThanAnother) {
  auto image = busybox();
  image.created = 999'999'999 * kSecond;
  EXPECT_EQ(shown({{"before", "other"}}, image).size(), 2u);
  EXPECT_THAT(shown({{"since", "other"}}, image), IsEmpty());
  image.created = 1'000'000'000 * kSecond;  // at the same time: neither
  EXPECT_THAT(shown({{"before", "other"}}, image), IsEmpty());
  EXPECT_THAT(shown({{"since", "other"}}, image), IsEmpty());
  image.created = 1'000'000'001 * kSecond;
  EXPECT_EQ(shown({{"since", "other"}}, image).size(), 2u);
  EXPECT_FALSE(make({{"since", "nothing"}}));
}

TEST(ImageFilter, RefusesAnUnknownKey) {
  EXPECT_FALSE(make({{"colour", "red"}}));
  EXPECT_FALSE(make({{"dangling", "perhaps"}}));
}

TEST(ReferencePattern, MatchesWithAndWithoutTagAndRegistry) {
  const std::string name = "registry.example:5000/team/web:2";
  for (const char* pattern : {"web", "web:2", "team/web", "registry.example:5000/team/web:2", "*/web", "w?b", "web:*"})
    EXPECT_TRUE(reference_matches(pattern, name)) << pattern;
  for (const char* pattern : {"we", "web:1", "other/web", "example/team/web", "eam/web"})
    EXPECT_FALSE(reference_matches(pattern, name)) << pattern;
}

}  // namespace
}  // namespace gantry::cli
