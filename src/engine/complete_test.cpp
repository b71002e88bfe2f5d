#include "engine/complete.hpp"

#include <gmock/gmock.h>

namespace gantry::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

oci::ExecutionConfig image() {
  return {.user = "www",
          .env = {"PATH=/bin", "LANG=C"},
          .entrypoint = {"/entry"},
          .cmd = {"serve"},
          .working_dir = "/srv",
          .labels = {{"a", "image"}, {"b", "image"}},
          .stop_signal = "SIGINT"};
}

TEST(Complete, TakesWhatTheUserLeftOpenFromTheImage) {
  ContainerConfig config;
  complete(config, image());
  EXPECT_THAT(*config.entrypoint, ElementsAre("/entry"));
  EXPECT_THAT(config.command, ElementsAre("serve"));
  EXPECT_EQ(config.user, "www");
  EXPECT_EQ(config.workdir, "/srv");
  EXPECT_EQ(config.stop_signal, "SIGINT");
  EXPECT_TRUE(check_config(config));
}

TEST(Complete, TheUserWins) {
  ContainerConfig config;
  config.command = {"shell"};
  config.env = {"LANG=de", "X=1"};
  config.workdir = "/";
  config.user = "0";
  config.labels = {{"a", "user"}};
  config.stop_signal = "9";
  complete(config, image());
  EXPECT_THAT(*config.entrypoint, ElementsAre("/entry"));
  EXPECT_THAT(config.command, ElementsAre("shell"));
  EXPECT_THAT(config.env, ElementsAre("PATH=/bin", "LANG=de", "X=1"));
  EXPECT_EQ(config.labels.at("a"), "user");
  EXPECT_EQ(config.labels.at("b"), "image");
  EXPECT_EQ(config.user, "0");
  EXPECT_EQ(config.stop_signal, "9");
}

TEST(Complete, AnEntrypointOfTheUserDropsTheCommandOfTheImage) {
  ContainerConfig config;
  config.entrypoint = {"sh"};
  complete(config, image());
  EXPECT_THAT(config.command, IsEmpty());
  ContainerConfig none;
  none.entrypoint.emplace();
  complete(none, image());
  EXPECT_FALSE(check_config(none));
}

TEST(Complete, AContainerNeedsACommand) {
  ContainerConfig config;
  complete(config, {});
  auto checked = check_config(config);
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().message(), HasSubstr("no command"));
}

TEST(Complete, CleansTheWorkingDirectory) {
  ContainerConfig config;
  config.workdir = "/a/../../b/./c/";
  complete(config, {});
  EXPECT_EQ(config.workdir, "/b/c");
}

TEST(Complete, RefusesWhatCannotBe) {
  ContainerConfig good;
  good.command = {"true"};
  good.stop_signal = "SIGTERM";
  EXPECT_TRUE(check_config(good));
  ContainerConfig config = good;
  config.name = "-x";
  EXPECT_FALSE(check_config(config));
  config = good;
  config.workdir = "srv";
  EXPECT_FALSE(check_config(config));
  config = good;
  config.network = "bridgehead";
  EXPECT_FALSE(check_config(config));
  config = good;
  config.stop_signal = "SIGNOTHING";
  EXPECT_FALSE(check_config(config));
}

}  // namespace
}  // namespace gantry::engine
