#include "registries/paths.hpp"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <map>

namespace gantry::registries {
namespace {

using testing::ElementsAre;

constexpr const char* kVariables[] = {
    "HOME",          "XDG_RUNTIME_DIR",           "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "REGISTRY_AUTH_FILE",
    "DOCKER_CONFIG", "CONTAINERS_REGISTRIES_CONF"};

class PathsOfEnvironment : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : kVariables) {
      if (const char* value = getenv(name)) before_[name] = value;
      unsetenv(name);
    }
  }
  void TearDown() override {
    for (const char* name : kVariables) {
      unsetenv(name);
      if (auto value = before_.find(name); value != before_.end()) set(name, value->second.c_str());
    }
  }
  static void set(const char* name, const char* value) { setenv(name, value, 1); }

  static std::vector<std::string> auth_files(const PathOptions& options = {}) {
    std::vector<std::string> files;
    for (const auto& file : paths_of_environment(options).auth_files) files.push_back(file.path);
    return files;
  }

 private:
  std::map<std::string, std::string> before_;
};

TEST_F(PathsOfEnvironment, ListTheFilesOfPodmanAndThenOfDocker) {
  set("HOME", "/home/ann");
  set("XDG_RUNTIME_DIR", "/run/user/7");
  EXPECT_THAT(auth_files(), ElementsAre("/run/user/7/containers/auth.json", "/home/ann/.config/containers/auth.json",
                                        "/home/ann/.docker/config.json", "/home/ann/.dockercfg"));
  EXPECT_TRUE(paths_of_environment({}).auth_files.back().old_format);
  set("XDG_CONFIG_HOME", "/c");
  set("DOCKER_CONFIG", "/d");
  EXPECT_THAT(auth_files(), ElementsAre("/run/user/7/containers/auth.json", "/c/containers/auth.json", "/d/config.json",
                                        "/home/ann/.dockercfg"));
}

TEST_F(PathsOfEnvironment, HaveAFileForAUserWithoutSessionAndHome) {
  EXPECT_THAT(auth_files(), ElementsAre(fmt::format("/run/containers/{}/auth.json", geteuid())));
  EXPECT_EQ(paths_of_environment({}).user_registries_conf, "");
}

TEST_F(PathsOfEnvironment, LetAFileThatIsNamedStandAlone) {
  set("HOME", "/home/ann");
  set("REGISTRY_AUTH_FILE", "/named");
  EXPECT_THAT(auth_files(), ElementsAre("/named"));
  EXPECT_FALSE(paths_of_environment({}).auth_files[0].must_exist);
  EXPECT_THAT(auth_files({.auth_file = "/option"}), ElementsAre("/option"));
  EXPECT_TRUE(paths_of_environment({.auth_file = "/option"}).auth_files[0].must_exist);
}

TEST_F(PathsOfEnvironment, LeadToTheConfigurationAndTheCertificates) {
  set("HOME", "/home/ann");
  Paths paths = paths_of_environment({.certificates = "/certs"});
  EXPECT_EQ(paths.only_registries_conf, "");
  EXPECT_EQ(paths.user_registries_conf, "/home/ann/.config/containers/registries.conf");
  EXPECT_EQ(paths.user_drop_ins, "/home/ann/.config/containers/registries.conf.d");
  EXPECT_EQ(paths.short_name_aliases,
            fmt::format("{}/containers/short-name-aliases.conf", geteuid() == 0 ? "/var/cache" : "/home/ann/.cache"));
  EXPECT_EQ(paths.certificates, "/certs");
  EXPECT_THAT(paths.certificate_folders,
              ElementsAre("/home/ann/.config/containers/certs.d", "/etc/containers/certs.d", "/etc/docker/certs.d"));
  set("CONTAINERS_REGISTRIES_CONF", "/mine.conf");
  EXPECT_EQ(paths_of_environment({}).only_registries_conf, "/mine.conf");
}

}  // namespace
}  // namespace gantry::registries
