#include "registries/configuration.hpp"

#include <gmock/gmock.h>

namespace gantry::registries {
namespace {

using testing::ElementsAre;

std::vector<std::string> meanings(const Configuration& configuration, std::string_view name) {
  const auto found = candidates(configuration, name);
  if (!found) return {found.error().message()};
  std::vector<std::string> names;
  for (const auto& reference : *found) names.push_back(reference.canonical());
  return names;
}

Configuration searching(std::vector<std::string> hosts) {
  return {.search = std::move(hosts), .search_file = "r.conf"};
}

TEST(ShortNames, AreOfDockerIoWhereNothingIsConfigured) {
  EXPECT_THAT(meanings({}, "busybox:1"), ElementsAre("docker.io/library/busybox:1"));
  EXPECT_THAT(meanings({}, "ann/x"), ElementsAre("docker.io/ann/x"));
}

TEST(ShortNames, AreLookedForInEachRegistryInOrder) {
  const auto configuration = searching({"quay.io", "docker.io", "localhost:5000"});
  EXPECT_THAT(meanings(configuration, "busybox:1"),
              ElementsAre("quay.io/busybox:1", "docker.io/library/busybox:1", "localhost:5000/busybox:1"));
  EXPECT_THAT(meanings(configuration, "library/busybox"),
              ElementsAre("quay.io/library/busybox", "docker.io/library/busybox", "localhost:5000/library/busybox"));
}

TEST(ShortNames, DoNotConcernWholeNames) {
  const auto configuration = searching({"quay.io", "docker.io"});
  for (const char* name : {"gcr.io/a/b:1", "localhost/x", "localhost:5000/x", "docker.io/library/x"})
    EXPECT_THAT(meanings(configuration, name), ElementsAre(name));
  EXPECT_THAT(meanings(configuration, "index.docker.io/x"), ElementsAre("docker.io/library/x"));
}

TEST(ShortNames, FollowAnAliasWithTheirTagAndDigest) {
  auto configuration = searching({"quay.io", "docker.io"});
  configuration.aliases = {{"tools/x", "a.io:5000/y"}, {"busybox", "docker.io/busybox"}};
  EXPECT_THAT(meanings(configuration, "tools/x"), ElementsAre("a.io:5000/y"));
  const std::string digest = "@sha256:" + std::string(64, 'a');
  EXPECT_THAT(meanings(configuration, "tools/x:1" + digest), ElementsAre("a.io:5000/y:1" + digest));
  EXPECT_THAT(meanings(configuration, "tools/x" + digest), ElementsAre("a.io:5000/y" + digest));
  EXPECT_THAT(meanings(configuration, "busybox:1"), ElementsAre("docker.io/library/busybox:1"));
  EXPECT_THAT(meanings(configuration, "docker.io/tools/x"), ElementsAre("docker.io/tools/x"));
}

TEST(ShortNames, WithoutARegistryToSearchAreAnError) {
  const auto configuration = searching({});
  EXPECT_THAT(meanings(configuration, "x"), ElementsAre("'x' is a short name, and r.conf has no registry to search "
                                                        "(write the registry, as in docker.io/x)"));
  EXPECT_EQ(candidates(configuration, "x").error().code(), Code::invalid);
}

TEST(ShortNames, MustBeClearWhereThatIsEnforced) {
  auto configuration = searching({"quay.io", "gcr.io"});
  configuration.short_name_mode = ShortNameMode::enforcing;
  EXPECT_THAT(meanings(configuration, "x:1"), ElementsAre("'x:1' is a short name that 2 registries may have "
                                                          "(write the registry, as in quay.io/x:1)"));
  configuration.search.pop_back();
  EXPECT_THAT(meanings(configuration, "x:1"), ElementsAre("quay.io/x:1"));
}

TEST(ShortNames, MustBeNamesOfImages) {
  EXPECT_FALSE(candidates({}, ""));
  EXPECT_FALSE(candidates({}, "Busybox"));
  EXPECT_FALSE(candidates(searching({"quay.io"}), "a//b"));
}

}  // namespace
}  // namespace gantry::registries
