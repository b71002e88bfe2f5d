#include "registries/configuration.hpp"

#include "registries/test_support.hpp"

#include <gmock/gmock.h>

namespace gantry::registries {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ConfigurationTest : public FolderFixture {
 protected:
  void SetUp() override {
    FolderFixture::SetUp();
    paths.user_registries_conf = at("home/registries.conf");
    paths.system_registries_conf = at("etc/registries.conf");
    paths.system_drop_ins = at("etc/registries.conf.d");
    paths.user_drop_ins = at("home/registries.conf.d");
    paths.short_name_aliases = at("cache/short-name-aliases.conf");
  }
  std::vector<std::string> search() const { return load()->search; }
  Result<Configuration> load() const { return load_configuration(paths); }
  static std::string searching(std::string_view host) {
    return fmt::format("unqualified-search-registries = ['{}']\n", host);
  }

  Paths paths;
};

TEST_F(ConfigurationTest, IsEmptyWithoutFiles) {
  const auto configuration = load_configuration({});
  ASSERT_TRUE(configuration);
  EXPECT_THAT(configuration->registries, IsEmpty());
  EXPECT_EQ(configuration->search_file, "");
  EXPECT_THAT(configuration->credential_helpers, ElementsAre("containers-auth.json"));
}

TEST_F(ConfigurationTest, TakesTheLastFileThatSetsSomething) {
  put("etc/registries.conf", searching("system.io"));
  EXPECT_THAT(search(), ElementsAre("system.io"));
  put("etc/registries.conf.d/20.conf", searching("twenty.io"));
  put("etc/registries.conf.d/10.conf", searching("ten.io"));
  put("etc/registries.conf.d/30.conf.rpmsave", searching("saved.io"));
  put("etc/registries.conf.d/40.conf/file", "");
  EXPECT_THAT(search(), ElementsAre("twenty.io"));
  put("home/registries.conf.d/00.conf", searching("user.io"));
  EXPECT_THAT(search(), ElementsAre("user.io"));
  EXPECT_EQ(load()->search_file, at("home/registries.conf.d/00.conf"));
}

TEST_F(ConfigurationTest, OfAUserStandsInForTheSystems) {
  put("etc/registries.conf", searching("system.io"));
  put("etc/registries.conf.d/20.conf", searching("twenty.io"));
  put("home/registries.conf", searching("user.io"));
  EXPECT_THAT(search(), ElementsAre("user.io"));
  put("home/registries.conf.d/00.conf", searching("drop-in.io"));
  EXPECT_THAT(search(), ElementsAre("drop-in.io"));
}

TEST_F(ConfigurationTest, ThatIsNamedStandsAlone) {
  put("etc/registries.conf.d/20.conf", searching("twenty.io"));
  paths.only_registries_conf = put("mine.conf", searching("mine.io"));
  EXPECT_THAT(search(), ElementsAre("mine.io"));
  paths.only_registries_conf = at("missing.conf");
  EXPECT_EQ(load().error().code(), Code::not_found);
}

TEST_F(ConfigurationTest, ReplacesARegistryAsAWhole) {
  put("etc/registries.conf", "[[registry]]\nlocation='a.io'\ninsecure=true\n[[registry]]\nlocation='b.io'");
  put("etc/registries.conf.d/a.conf", "[[registry]]\nlocation='a.io'\nblocked=true");
  const auto configuration = load();
  ASSERT_TRUE(configuration);
  ASSERT_EQ(configuration->registries.size(), 2);
  EXPECT_TRUE(configuration->registries[0].blocked);
  EXPECT_FALSE(configuration->registries[0].insecure);
  EXPECT_EQ(configuration->registries[0].file, at("etc/registries.conf.d/a.conf"));
}

TEST_F(ConfigurationTest, ErasesAliasesAndPrefersRecordedOnes) {
  put("etc/registries.conf", "[aliases]\na='x.io/a'\nb='x.io/b'\nc='x.io/c'");
  put("etc/registries.conf.d/b.conf", "[aliases]\nb=''\nc='y.io/c'");
  put("cache/short-name-aliases.conf", "[aliases]\n  \"c\" = \"z.io/c\"\n");
  EXPECT_EQ(load()->aliases, (std::map<std::string, std::string>{{"a", "x.io/a"}, {"c", "z.io/c"}}));
}

TEST_F(ConfigurationTest, NamesTheFileThatIsBroken) {
  const auto file = put("etc/registries.conf.d/b.conf", "short-name-mode = 3");
  EXPECT_EQ(load().error().message(), file + ": short-name-mode: it must be a string");
  put("etc/registries.conf.d/b.conf", "[registries.search]\nregistries = []");
  EXPECT_THAT(load().error().message(), HasSubstr(file + ": [registries] is an older form"));
  put("etc/registries.conf.d/b.conf", std::string(2u << 20, '\n'));
  EXPECT_THAT(load().error().message(), HasSubstr(file + " is larger than"));
}

TEST_F(ConfigurationTest, MayBeInAFolderThatALinkLeadsTo) {
  put("elsewhere/a.conf", searching("linked.io"));
  ASSERT_TRUE(make_folders(at("etc")));
  ASSERT_EQ(symlink(at("elsewhere").c_str(), at("etc/registries.conf.d").c_str()), 0);
  EXPECT_THAT(search(), ElementsAre("linked.io"));
}

TEST_F(ConfigurationTest, OfThisMachineIsRead) {
  const Paths real = paths_of_environment({});
  if (!path_exists(real.system_registries_conf)) GTEST_SKIP() << "this machine has no registries.conf";
  const auto configuration = load_configuration(real);
  EXPECT_TRUE(configuration) << configuration.error().message();
}

}  // namespace
}  // namespace gantry::registries
