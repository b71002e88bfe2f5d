#include "registries/registries_conf.hpp"

#include <gmock/gmock.h>

namespace gantry::registries {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

constexpr const char* kWhole = R"(
unqualified-search-registries = ["quay.io", "docker.io/", "localhost:5000"]
short-name-mode = "enforcing"
credential-helpers = ["containers-auth.json", "pass"]

[[registry]]
prefix = "example.com/foo"
insecure = false
blocked = false
location = "internal.example.net:5000/bar/"
mirror-by-digest-only = false

[[registry.mirror]]
location = "one.local/mirror"

[[registry.mirror]]
location = "two.local"
insecure = true
pull-from-mirror = "tag-only"

[[registry]]
location = "docker.io"
mirror-by-digest-only = true
mirror = [{location = "hub.local:443"}]

[[registry]]
prefix = "*.example.org"
blocked = true

[aliases]
"alpine" = "docker.io/library/alpine"
"fedora/ubi" = "registry.example.com:5000/ubi"
"gone" = ""
)";

std::string fault(std::string_view text) {
  const auto conf = parse_registries_conf(text, "r.conf");
  if (conf) return "none";
  EXPECT_EQ(conf.error().code(), Code::invalid);
  return conf.error().message();
}

TEST(RegistriesConf, HoldsRegistriesWithMirrors) {
  const auto conf = parse_registries_conf(kWhole, "r.conf");
  ASSERT_TRUE(conf) << conf.error().message();
  ASSERT_EQ(conf->registries.size(), 3);
  const Registry& first = conf->registries[0];
  EXPECT_EQ(first.prefix, "example.com/foo");
  EXPECT_EQ(first.location, "internal.example.net:5000/bar");
  EXPECT_EQ(first.file, "r.conf");
  ASSERT_EQ(first.mirrors.size(), 2);
  EXPECT_EQ(first.mirrors[0].location, "one.local/mirror");
  EXPECT_EQ(first.mirrors[0].use, MirrorUse::all);
  EXPECT_TRUE(first.mirrors[1].insecure);
  EXPECT_EQ(first.mirrors[1].use, MirrorUse::tag_only);
  EXPECT_EQ(conf->registries[1].prefix, "docker.io");
  EXPECT_EQ(conf->registries[1].mirrors[0].use, MirrorUse::digest_only);
  EXPECT_TRUE(conf->registries[2].blocked);
  EXPECT_EQ(conf->registries[2].location, "");
}

TEST(RegistriesConf, HoldsSettingsForShortNamesAndCredentials) {
  const auto conf = parse_registries_conf(kWhole, "r.conf");
  ASSERT_TRUE(conf);
  EXPECT_FALSE(conf->is_version_1);
  EXPECT_THAT(*conf->search, ElementsAre("quay.io", "docker.io", "localhost:5000"));
  EXPECT_EQ(conf->short_name_mode, ShortNameMode::enforcing);
  EXPECT_THAT(*conf->credential_helpers, ElementsAre("containers-auth.json", "pass"));
  EXPECT_THAT(conf->aliases, ElementsAre(Pair("alpine", "docker.io/library/alpine"),
                                         Pair("fedora/ubi", "registry.example.com:5000/ubi"), Pair("gone", "")));
}

TEST(RegistriesConf, TellsWhatIsNotSetFromWhatIsEmpty) {
  const auto none = parse_registries_conf("# nothing\n", "r.conf");
  EXPECT_FALSE(none->search || none->short_name_mode || none->credential_helpers);
  EXPECT_THAT(*parse_registries_conf("unqualified-search-registries = []", "r.conf")->search, IsEmpty());
}

TEST(RegistriesConf, OfVersion1IsReadToo) {
  const auto conf = parse_registries_conf(R"(
[registries.search]
registries = ['registry1.com', 'registry2.com']
[registries.insecure]
registries = ['registry3.com', 'bad.example.com']
[registries.block]
registries = ['registry.untrusted.com', 'bad.example.com'])",
                                          "r.conf");
  ASSERT_TRUE(conf) << conf.error().message();
  EXPECT_TRUE(conf->is_version_1);
  EXPECT_THAT(*conf->search, ElementsAre("registry1.com", "registry2.com"));
  ASSERT_EQ(conf->registries.size(), 3);
  EXPECT_TRUE(conf->registries[0].insecure && !conf->registries[0].blocked);
  EXPECT_TRUE(conf->registries[1].insecure && conf->registries[1].blocked);
  EXPECT_TRUE(!conf->registries[2].insecure && conf->registries[2].blocked);
  EXPECT_THAT(fault("[registries.search]\nregistries=[]\n[[registry]]\nlocation='a.io'"),
              HasSubstr("r.conf: registry: it does not go with [registries]"));
}

TEST(RegistriesConf, NamesTheLineOfAMistake) {
  EXPECT_THAT(fault("\n\nx = = 3"), HasSubstr("r.conf: line 3, column 5: "));
  EXPECT_THAT(fault("[aliases]\n'a'='x.io/a'\n'a'='x.io/b'"), HasSubstr("r.conf: line 3"));
  EXPECT_THAT(fault("\xcc\xaa"), HasSubstr("r.conf: line 1"));
  EXPECT_THAT(fault(std::string_view("\0", 1)), HasSubstr("r.conf: line 1"));
  EXPECT_EQ(fault("# caf\xc3\xa9 \xff"), "none");
}

TEST(RegistriesConf, NamesTheKeyOfAWrongType) {
  EXPECT_EQ(fault("unqualified-search-registries = 'a'"),
            "r.conf: unqualified-search-registries: it must be a list of strings");
  EXPECT_EQ(fault("unqualified-search-registries = ['a.io', 3]"),
            "r.conf: unqualified-search-registries: it must be a list of strings");
  EXPECT_EQ(fault("[registry]\nlocation='a.io'"), "r.conf: registry: it must be a list of tables, as in [[registry]]");
  EXPECT_EQ(fault("registry = [3]"), "r.conf: registry[0]: it must be a table");
  EXPECT_EQ(fault("[[registry]]\nlocation='a.io'\ninsecure='yes'"),
            "r.conf: registry[0].insecure: it must be true or false");
  EXPECT_EQ(fault("[[registry]]\nlocation=1979-05-27"), "r.conf: registry[0].location: it must be a string");
  EXPECT_EQ(fault("[[registry]]\nlocation='a.io'\n[[registry.mirror]]\nlocation=3"),
            "r.conf: registry[0].mirror[0].location: it must be a string");
  EXPECT_EQ(fault("aliases = 3"), "r.conf: aliases: it must be a table");
  EXPECT_EQ(fault("[aliases]\na = []"), "r.conf: aliases.a: it must be a string");
  EXPECT_EQ(fault("registries = 3"), "r.conf: registries: it must be a table");
}

TEST(RegistriesConf, RefusesWhatNamesNoRegistry) {
  EXPECT_EQ(fault("[[registry]]\ninsecure=true"), "r.conf: registry[0]: it needs a prefix or a location");
  EXPECT_EQ(fault("[[registry]]\nlocation='https://a.io'"),
            "r.conf: registry[0].location: 'https://a.io' must be without a scheme");
  for (const char* location : {"mirror", "a.io/../b", "-a.io", "a.io:x", "a b.io", "*.a.io", "a.io/\\u0000"})
    EXPECT_THAT(fault(fmt::format("[[registry]]\nlocation=\"{}\"", location)), HasSubstr("registry[0].location: "));
  for (const char* prefix : {"*.a.io/b", "a.*.io", "*", "*.", "mirror", "https://a.io"})
    EXPECT_THAT(fault(fmt::format("[[registry]]\nprefix='{}'", prefix)), HasSubstr("registry[0].prefix: "));
  EXPECT_THAT(fault("[[registry]]\nlocation='a.io'\n[[registry.mirror]]"),
              HasSubstr("registry[0].mirror[0].location: "));
  EXPECT_THAT(fault("unqualified-search-registries = ['quay.io/ns']"),
              HasSubstr("'quay.io/ns' is not a registry's host"));
}

TEST(RegistriesConf, RefusesWordsThatItDoesNotKnow) {
  EXPECT_EQ(fault("short-name-mode = 'strict'"),
            "r.conf: short-name-mode: 'strict' is not one of enforcing, permissive, disabled");
  EXPECT_THAT(fault("[[registry]]\nlocation='a.io'\nmirror=[{location='b.io', pull-from-mirror='never'}]"),
              HasSubstr("'never' is not one of all, digest-only, tag-only"));
  EXPECT_THAT(fault("[[registry]]\nlocation='a.io'\nmirror-by-digest-only=true\n"
                    "mirror=[{location='b.io', pull-from-mirror='all'}]"),
              HasSubstr("mirror-by-digest-only of the registry says it already"));
}

TEST(RegistriesConf, RefusesAliasesThatMeanNoImage) {
  for (const char* alias :
       {"'a' = 'b'", "'a' = 'docker.io/b:1'", "'a' = 'x/b'", "'quay.io/a' = 'quay.io/b'", "'a:1' = 'quay.io/b'",
        "'localhost/a' = 'quay.io/b'", "'A' = 'quay.io/b'", "'' = 'quay.io/b'"})
    EXPECT_THAT(fault(fmt::format("[aliases]\n{}", alias)), HasSubstr("r.conf: aliases: ")) << alias;
}

TEST(RegistriesConf, WarnsOfKeysThatItDoesNotKnow) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(fault("colour = 3\n[[registry]]\nlocation='a.io'\nsize=1\n[[registry.mirror]]\nlocation='b.io'\nx.y=1"),
            "none");
  const std::string log = testing::internal::GetCapturedStderr();
  for (const char* key : {"key colour", "key registry[0].size", "key registry[0].mirror[0].x"})
    EXPECT_THAT(log, HasSubstr(key));
}

TEST(RegistriesConf, RefusesEndlessNesting) {
  EXPECT_THAT(fault("a = " + std::string(100'000, '[')), HasSubstr("r.conf: line 1"));
  std::string dotted = "a";
  for (int i = 0; i < 200'000; ++i) dotted += ".a";
  EXPECT_THAT(fault(dotted + " = 1"), HasSubstr("more than 500 dots"));
  EXPECT_THAT(fault("[" + dotted + "]"), HasSubstr("more than 500 dots"));
  EXPECT_THAT(fault("[" + dotted.substr(0, 801) + "]\n" + dotted.substr(0, 801) + "=1"), HasSubstr("nested too deep"));
  std::string tables;
  for (int i = 0; i < 100'000; ++i) tables += "{a=";
  EXPECT_THAT(fault("a = " + tables), HasSubstr("r.conf: line 1"));
}

}  // namespace
}  // namespace gantry::registries
