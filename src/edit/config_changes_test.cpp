#include "edit/config_changes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gantry::edit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string refusal(const ConfigChanges& changes) {
  Draft draft;
  auto changed = change_config(draft, changes);
  return changed ? "changed" : changed.error().message();
}

TEST(ConfigChanges, LeaveAloneWhatTheyDoNotName) {
  Draft draft;
  draft.config.config.cmd = {"sh"};
  draft.config.config.env = {"A=1"};
  Draft before = draft;
  ASSERT_TRUE(change_config(draft, {}));
  EXPECT_EQ(draft.config, before.config);
  EXPECT_EQ(draft.manifest, before.manifest);
}

TEST(ConfigChanges, TakeProgramsAsWordsOrAsAJsonList) {
  Draft draft;
  ASSERT_TRUE(change_config(draft, {.entrypoint = {"a", "b c"}, .cmd = {R"(["d", "e f"])"}}));
  EXPECT_THAT(draft.config.config.entrypoint, ElementsAre("a", "b c"));
  EXPECT_THAT(draft.config.config.cmd, ElementsAre("d", "e f"));
  ASSERT_TRUE(change_config(draft, {.cmd = {""}}));
  EXPECT_THAT(draft.config.config.cmd, ElementsAre());
}

TEST(ConfigChanges, ClearFirst) {
  Draft draft;
  draft.config.config.labels = {{"a", "1"}};
  draft.manifest.annotations = {{"b", "2"}};
  ASSERT_TRUE(change_config(draft, {.clear = {"config.labels", "annotations"}, .labels = {"c=3=4"}}));
  EXPECT_EQ(draft.config.config.labels, (std::map<std::string, std::string>{{"c", "3=4"}}));
  EXPECT_TRUE(draft.manifest.annotations.empty());
}

TEST(ConfigChanges, SetPartsOfThePlatform) {
  Draft draft;
  ASSERT_TRUE(change_config(draft, {.os = "linux", .architecture = "arm64"}));
  ASSERT_TRUE(change_config(draft, {.variant = "v8"}));
  EXPECT_EQ(oci::text_of(oci::platform_of(draft.config)), "linux/arm64/v8");
  ASSERT_TRUE(change_config(draft, {.platform = oci::Platform{.architecture = "amd64", .os = "linux"}}));
  EXPECT_EQ(oci::text_of(oci::platform_of(draft.config)), "linux/amd64");
}

TEST(ConfigChanges, RefuseWhatTheyDoNotUnderstand) {
  EXPECT_EQ(refusal({.env = {"A"}}), "variable 'A' is not NAME=VALUE");
  EXPECT_EQ(refusal({.labels = {"=1"}}), "label '=1' is not NAME=VALUE");
  EXPECT_EQ(refusal({.annotations = {"a"}}), "annotation 'a' is not NAME=VALUE");
  EXPECT_THAT(refusal({.clear = {"all"}}), HasSubstr("'all' cannot be cleared"));
  EXPECT_THAT(refusal({.ports = {"99999"}}), HasSubstr("is not a port"));
  EXPECT_THAT(refusal({.volumes = {"data"}}), HasSubstr("not an absolute path"));
  EXPECT_THAT(refusal({.workdir = "data"}), HasSubstr("not an absolute path"));
  EXPECT_THAT(refusal({.created = "yesterday"}), HasSubstr("time of the image"));
  EXPECT_THAT(refusal({.created = "@now"}), HasSubstr("seconds since 1970"));
  EXPECT_THAT(refusal({.cmd = {"[1"}}), HasSubstr("cmd"));
}

}  // namespace
}  // namespace gantry::edit
