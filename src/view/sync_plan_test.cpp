#include "view/sync_plan.hpp"

#include <gtest/gtest.h>

namespace gantry::view {

namespace {

std::vector<std::string> chosen(const SyncImages& images, const std::vector<std::string>& tags) {
  auto result = chosen_tags(images, tags);
  return result ? *result : std::vector{result.error().message()};
}

using Tags = std::vector<std::string>;

}  // namespace

TEST(SyncPlan, IsReadAsSkopeoReadsIt) {
  auto plan = parse_sync_plan(
      "quay.io:\n  images:\n    a/b: []\n    c:\n      - \"1.0\"\n      - sha256:00\n  images-by-tag-regex:\n    d: "
      "^1\\.\n"
      "  credentials:\n    username: u\n    password: p w\n  tls-verify: false\n  cert-dir: /certs\n"
      "localhost:5000:\n  images-by-semver:\n    e: \">= 3.12.0\"\n",
      "sync.yaml");
  ASSERT_TRUE(plan) << plan.error().message();
  ASSERT_EQ(plan->size(), 2U);
  const SyncRegistry& quay = plan->at(0);
  EXPECT_EQ(quay.user + ":" + quay.password, "u:p w");
  EXPECT_EQ(quay.tls_verify, false);
  EXPECT_EQ(quay.certificates, "/certs");
  ASSERT_EQ(quay.images.size(), 3U);
  EXPECT_EQ(quay.images[0].repository, "a/b");
  EXPECT_EQ(quay.images[1].tags, (Tags{"1.0", "sha256:00"}));
  EXPECT_EQ(quay.images[2].pattern, "^1\\.");
  EXPECT_EQ(plan->at(1).images[0].versions, ">= 3.12.0");
}

TEST(SyncPlan, RefusesWhatItDoesNotKnow) {
  auto error = [](std::string_view text) { return parse_sync_plan(text, "s").error().message(); };
  EXPECT_EQ(error("a:\n  imges: {}\n"), "s: line 2: 'imges' is not known there, or its value is not");
  EXPECT_EQ(error("a:\n  tls-verify: maybe\n"), "s: line 2: 'tls-verify' is not known there, or its value is not");
  EXPECT_EQ(error("a:\n  images:\n    b: c\n"), "s: line 3: b wants a list of tags");
  EXPECT_EQ(error("- a\n"), "s: a map of registries belongs there");
}

TEST(SyncPlan, ChoosesTags) {
  EXPECT_EQ(chosen({.pattern = "^1\\.[23]$"}, {"1.1", "1.2", "1.3", "1.30"}), (Tags{"1.2", "1.3"}));
  EXPECT_EQ(chosen({.versions = ">=1.2,<2"}, {"1.1", "1.2.0", "v1.9", "2.0", "latest", "1.5-rc1"}),
            (Tags{"1.2.0", "v1.9"}));
  EXPECT_EQ(chosen({.pattern = "["}, {"a"}), Tags{"'[' is no regular expression"});
  EXPECT_EQ(chosen({}, {"a", "b"}), (Tags{"a", "b"}));
}

TEST(SyncPlan, RangesOfVersions) {
  auto in = [](std::string_view tag, std::string_view range) { return is_in_range(tag, range).value_or(false); };
  EXPECT_TRUE(in("1.4.7", "~1.4"));
  EXPECT_FALSE(in("1.5.0", "~1.4"));
  EXPECT_TRUE(in("1.9.0", "^1.2"));
  EXPECT_FALSE(in("2.0.0", "^1.2"));
  EXPECT_FALSE(in("0.3.0", "^0.2.1"));
  EXPECT_TRUE(in("3.12.0", ">= 3.12.0"));
  EXPECT_TRUE(in("1.2.9", "1.2"));
  EXPECT_FALSE(in("1.2.9", "> 1.2"));
  EXPECT_TRUE(in("5.0.0", "<1 || >4"));
  EXPECT_FALSE(in("3.0.0", "<1 || >4"));
  EXPECT_TRUE(in("1.0.0-rc.2", ">1.0.0-rc.1"));
  EXPECT_FALSE(in("1.0.0-alpha", ">1.0.0-rc.1"));
  EXPECT_FALSE(is_in_range("1.0", "=> 1"));
}

}  // namespace gantry::view
