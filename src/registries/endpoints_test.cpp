#include "registries/configuration.hpp"

#include <gmock/gmock.h>

namespace gantry::registries {
namespace {

using testing::ElementsAre;

constexpr const char* kDigest = "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

Configuration configured(std::string_view text) {
  auto conf = parse_registries_conf(text, "r.conf");
  EXPECT_TRUE(conf) << conf.error().message();
  return {.registries = std::move(conf->registries)};
}

/// A line for each: what is asked for, and in what way.
std::vector<std::string> places(const Configuration& configuration, std::string_view name) {
  const auto found = endpoints(configuration, *oci::parse_reference(name));
  if (!found) return {found.error().message()};
  std::vector<std::string> lines;
  for (const auto& [reference, insecure, mirror] : *found)
    lines.push_back(reference.canonical() + (insecure ? " insecure" : "") + (mirror ? " mirror" : ""));
  return lines;
}

TEST(Endpoints, AreTheRegistryItselfWhereNothingIsConfigured) {
  EXPECT_THAT(places({}, "busybox:1"), ElementsAre("docker.io/library/busybox:1"));
}

TEST(Endpoints, AreMirrorsInOrderAndThenTheLocation) {
  const auto configuration = configured(R"(
[[registry]]
prefix = "example.com/foo"
location = "internal.example.net/bar"
[[registry.mirror]]
location = "one.local/mirror"
[[registry.mirror]]
location = "two.local:5000"
insecure = true
)");
  EXPECT_THAT(places(configuration, "example.com/foo/image:latest"),
              ElementsAre("one.local/mirror/image:latest mirror", "two.local:5000/image:latest insecure mirror",
                          "internal.example.net/bar/image:latest"));
  EXPECT_THAT(places(configuration, "example.com/food/image:1"), ElementsAre("example.com/food/image:1"));
  EXPECT_THAT(places(configuration, "example.com/x:1"), ElementsAre("example.com/x:1"));
}

TEST(Endpoints, MayBeForDigestsOrForTagsOnly) {
  const auto configuration = configured(R"(
[[registry]]
location = "a.io"
mirror = [{location="all.io"}, {location="d.io", pull-from-mirror="digest-only"}, {location="t.io", pull-from-mirror="tag-only"}]
[[registry]]
location = "b.io"
mirror-by-digest-only = true
mirror = [{location="m.io"}]
)");
  EXPECT_THAT(places(configuration, "a.io/x:1"), ElementsAre("all.io/x:1 mirror", "t.io/x:1 mirror", "a.io/x:1"));
  const std::string digested = std::string("x") + kDigest;
  EXPECT_THAT(places(configuration, "a.io/" + digested),
              ElementsAre("all.io/" + digested + " mirror", "d.io/" + digested + " mirror", "a.io/" + digested));
  EXPECT_THAT(places(configuration, "b.io/x:1"), ElementsAre("b.io/x:1"));
  EXPECT_THAT(places(configuration, "b.io/" + digested),
              ElementsAre("m.io/" + digested + " mirror", "b.io/" + digested));
}

TEST(Endpoints, FollowTheLongestPrefix) {
  const auto configuration = configured(R"(
[[registry]]
location = "a.io/b"
blocked = true
[[registry]]
location = "a.io"
insecure = true
[[registry]]
location = "a.io/b/c"
[[registry]]
prefix = "a.io/b/d:1"
location = "e.io/d"
)");
  EXPECT_THAT(places(configuration, "a.io/x:1"), ElementsAre("a.io/x:1 insecure"));
  EXPECT_THAT(places(configuration, "a.io/b/x:1"), ElementsAre("a.io/b/x:1: registry 'a.io/b' is blocked in r.conf"));
  EXPECT_EQ(endpoints(configuration, *oci::parse_reference("a.io/b:1")).error().code(), Code::denied);
  EXPECT_THAT(places(configuration, "a.io/b/c:1"), ElementsAre("a.io/b/c:1"));
  EXPECT_THAT(places(configuration, "a.io/b/d:1"), ElementsAre("e.io/d:1"));
  EXPECT_THAT(places(configuration, std::string("a.io/b/d:1") + kDigest), ElementsAre(std::string("e.io/d") + kDigest));
}

TEST(Endpoints, TellAHostFromTheSameHostWithAPort) {
  const auto configuration = configured("[[registry]]\nlocation='a.io'\ninsecure=true");
  EXPECT_THAT(places(configuration, "a.io:5000/x:1"), ElementsAre("a.io:5000/x:1"));
  EXPECT_THAT(places(configuration, "a.iox/x:1"), ElementsAre("a.iox/x:1"));
}

TEST(Endpoints, MayBeConfiguredForSubdomains) {
  const auto kept = configured("[[registry]]\nprefix='*.a.io'\ninsecure=true");
  EXPECT_THAT(places(kept, "b.a.io/x:1"), ElementsAre("b.a.io/x:1 insecure"));
  EXPECT_THAT(places(kept, "c.b.a.io:5000/x:1"), ElementsAre("c.b.a.io:5000/x:1 insecure"));
  EXPECT_THAT(places(kept, "a.io/x:1"), ElementsAre("a.io/x:1"));
  EXPECT_THAT(places(kept, "ba.io/x:1"), ElementsAre("ba.io/x:1"));
  EXPECT_THAT(places(kept, "e.com/b.a.io/x:1"), ElementsAre("e.com/b.a.io/x:1"));
  const auto moved = configured("[[registry]]\nprefix='*.a.io'\nlocation='m.io/all'");
  EXPECT_THAT(places(moved, "b.a.io/x/y:1"), ElementsAre("m.io/all/x/y:1"));
}

TEST(Endpoints, OfTheHubHoldItsOfficialNamespace) {
  const auto configuration = configured("[[registry]]\nlocation='docker.io'\nmirror=[{location='m.io:443/hub'}]");
  EXPECT_THAT(places(configuration, "busybox:1"),
              ElementsAre("m.io:443/hub/library/busybox:1 mirror", "docker.io/library/busybox:1"));
}

TEST(Endpoints, ThatBecomeTooLongAreNamed) {
  const auto configuration = configured("[[registry]]\nprefix='a.io'\nlocation='b.io/" + std::string(200, 'n') + "'");
  const auto lines = places(configuration, "a.io/" + std::string(100, 'x') + ":1");
  EXPECT_THAT(lines[0], testing::StartsWith("r.conf: registry 'a.io': "));
}

}  // namespace
}  // namespace gantry::registries
