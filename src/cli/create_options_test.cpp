#include "cli/create_options.hpp"

#include "cli/paths.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

namespace gantry::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

engine::ContainerConfig made(const CreateOptions& options, const std::vector<std::string>& words = {"busybox"}) {
  auto config = container_config(options, words);
  EXPECT_TRUE(config) << config.error().message();
  return config ? *config : engine::ContainerConfig();
}

std::string refusal(const CreateOptions& options, const std::vector<std::string>& words = {"busybox"}) {
  auto config = container_config(options, words);
  EXPECT_FALSE(config);
  return config ? "" : config.error().message();
}

TEST(CreateOptions, TakesTheFirstWordForTheImage) {
  auto config = made({}, {"busybox", "ls", "-l"});
  EXPECT_EQ(config.image, "busybox");
  EXPECT_THAT(config.command, ElementsAre("ls", "-l"));
  EXPECT_THAT(refusal({}, {}), HasSubstr("no image is named"));
}

TEST(CreateOptions, TakesTheFirstWordForTheFolder) {
  auto config = made({.root = {.rootfs = true}}, {"/srv/root", "ls"});
  EXPECT_EQ(config.rootfs, "/srv/root");
  EXPECT_FALSE(config.rootfs_overlay);
  EXPECT_EQ(config.image, "");
  config = made({.root = {.rootfs = true}}, {"/srv/root:O"});
  EXPECT_EQ(config.rootfs, "/srv/root");
  EXPECT_TRUE(config.rootfs_overlay);
  char* here = getcwd(nullptr, 0);
  EXPECT_EQ(made({.root = {.rootfs = true}}, {"root"}).rootfs, std::string(here) + "/root");
  free(here);
}

TEST(CreateOptions, TakesEveryWordForTheCommandOnTheHostsRoot) {
  auto config = made({.root = {.host_root = true}}, {"ls", "/"});
  EXPECT_TRUE(config.host_root);
  EXPECT_THAT(config.command, ElementsAre("ls", "/"));
  EXPECT_THAT(refusal({.root = {.rootfs = true, .host_root = true}}), HasSubstr("exclude each other"));
}

TEST(CreateOptions, TellsNoEntrypointFromAnEmptyOne) {
  EXPECT_FALSE(made({}).entrypoint.has_value());
  EXPECT_THAT(*made({.process = {.entrypoint = ""}}).entrypoint, IsEmpty());
  EXPECT_THAT(*made({.process = {.entrypoint = "/bin/sh -c"}}).entrypoint, ElementsAre("/bin/sh -c"));
  EXPECT_THAT(*made({.process = {.entrypoint = R"(["sh", "-c"])"}}).entrypoint, ElementsAre("sh", "-c"));
  EXPECT_THAT(refusal({.process = {.entrypoint = "[sh]"}}), HasSubstr("option --entrypoint"));
}

TEST(CreateOptions, ReadsLabels) {
  EXPECT_THAT(made({.root = {.labels = {"a=b=c", "d"}}}).labels, ElementsAre(Pair("a", "b=c"), Pair("d", "")));
  EXPECT_THAT(refusal({.root = {.labels = {"=x"}}}), HasSubstr("'=x' names no label"));
}

TEST(CreateOptions, SplitsListsAtCommas) {
  auto config = made({.process = {.groups = {"a,b"}}, .security = {.cap_add = {"NET_ADMIN,SYS_TIME", "CHOWN"}}});
  EXPECT_THAT(config.groups, ElementsAre("a", "b"));
  EXPECT_THAT(config.cap_add, ElementsAre("NET_ADMIN", "SYS_TIME", "CHOWN"));
}

TEST(CreateOptions, TakesZeroProcessesForNoLimit) {
  EXPECT_EQ(made({}).pids_limit, 0);
  EXPECT_EQ(made({.resources = {.pids_limit = 0}}).pids_limit, -1);
  EXPECT_EQ(made({.resources = {.pids_limit = 50}}).pids_limit, 50);
}

TEST(CreateOptions, NamesTheOptionOfABadValue) {
  EXPECT_THAT(refusal({.storage = {.volumes = {"/a:b"}}}), HasSubstr("option --volume: "));
  EXPECT_THAT(refusal({.resources = {.cpus = "many"}}), HasSubstr("option --cpus: "));
  EXPECT_THAT(refusal({.security = {.sysctls = {"kernel.x"}}}),
              HasSubstr("option --sysctl: 'kernel.x' is not of the form"));
}

TEST(VolumeSource, IsMadeAbsoluteWhenItBeginsWithADot) {
  char* here = getcwd(nullptr, 0);
  const std::string folder(here);
  free(here);
  EXPECT_EQ(*absolute_source("./a:/b:ro"), folder + "/./a:/b:ro");
  EXPECT_EQ(*absolute_source("..:/b"), folder + "/..:/b");
  EXPECT_EQ(*absolute_source("/a:/b"), "/a:/b");
  EXPECT_EQ(*absolute_source("name:/b"), "name:/b");
  EXPECT_EQ(*absolute_source(".hidden:/b"), ".hidden:/b");
}

}  // namespace
}  // namespace gantry::cli
