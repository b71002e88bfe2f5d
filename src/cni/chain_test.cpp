#include "cni/chain.hpp"

#include "base/file.hpp"
#include "cni/result.hpp"

#include <gmock/gmock.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <cstdlib>

namespace gantry::cni {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// Plugins that note how they were called: <folder>/calls has a line each.
class ChainTest : public testing::Test {
 protected:
  ChainTest() {
    char name[] = "/tmp/gantry-cni.XXXXXX";
    folder = mkdtemp(name);
    plugin("one", R"(echo '{"cniVersion":"1.0.0","ips":[{"address":"10.1.0.2/24","gateway":"10.1.0.1"}]}')");
    plugin("two", R"(echo '{"cniVersion":"1.0.0","ips":[{"address":"10.1.0.2/24"}],"dns":{}}')");
    plugin("bad",
           R"(if [ "$CNI_COMMAND" = ADD ]; then echo '{"code":11,"msg":"come back","details":"later"}'; exit 1; fi)");
  }
  ~ChainTest() override { best_effort(remove_tree(folder)); }

  void plugin(const std::string& name, const std::string& body) {
    const std::string script = fmt::format(
        "#!/bin/sh\ninput=$(cat)\necho \"$CNI_COMMAND {0} $CNI_CONTAINERID $CNI_IFNAME $CNI_ARGS $input\" "
        ">>{1}/calls\n{2}\n",
        name, folder, body);
    ASSERT_TRUE(replace_file(folder + "/" + name, script, 0755, Sync::no));
  }
  Chain chain(const std::string& plugins, const std::string& version = "1.0.0") {
    auto config = parse_config(fmt::format(R"({{"cniVersion":"{}","name":"net","plugins":[{}]}})", version, plugins),
                               "net.conflist");
    EXPECT_TRUE(config) << config.error().message();
    return Chain(std::move(*config), {.plugins = {folder}, .cache = folder + "/cache"});
  }
  std::string calls() {
    std::string text = read_file(folder + "/calls").value_or("");
    best_effort(remove_file(folder + "/calls"));
    return text;
  }
  Attachment attachment{.container = "abc", .netns = "/proc/self/ns/net", .args = {{"A", "1"}, {"B", "2"}}};
  std::string folder;
};

TEST_F(ChainTest, AddRunsEachPluginWithTheResultOfTheOneBefore) {
  attachment.capabilities = boost::json::parse(R"({"portMappings":[{"hostPort":80}],"mac":"x"})").as_object();
  const auto result = chain(R"({"type":"one"},{"type":"two","capabilities":{"portMappings":true}})").add(attachment);
  ASSERT_TRUE(result) << result.error().message();
  EXPECT_EQ(addresses_of(*result)[0].address.text(), "10.1.0.2/24");
  const std::string log = calls();
  EXPECT_THAT(log, HasSubstr("ADD one abc eth0 A=1;B=2 "));
  EXPECT_THAT(log, HasSubstr(R"("runtimeConfig":{"portMappings":[{"hostPort":80}]})"));
  EXPECT_THAT(log, HasSubstr(R"("prevResult":{"cniVersion":"1.0.0","ips":[{"address":"10.1.0.2/24","gateway")"));
  EXPECT_EQ(log.find("\"mac\""), std::string::npos) << "nobody declares it";
}

TEST_F(ChainTest, RemoveGoesBackwardsWithTheKeptResult) {
  const Chain net = chain(R"({"type":"one"},{"type":"two"})");
  ASSERT_TRUE(net.add(attachment));
  calls();
  ASSERT_TRUE(net.remove(attachment));
  const std::string log = calls();
  EXPECT_LT(log.find("DEL two"), log.find("DEL one"));
  EXPECT_THAT(log, HasSubstr(R"("prevResult":{"cniVersion":"1.0.0","ips":[{"address":"10.1.0.2/24"}],"dns")"));
  EXPECT_TRUE(net.remove(attachment)) << "twice is fine";
}

TEST_F(ChainTest, RemoveTellsWhatAddWasTold) {
  const Chain net = chain(R"({"type":"one","capabilities":{"portMappings":true}})");
  attachment.capabilities = boost::json::parse(R"({"portMappings":[{"hostPort":80}]})").as_object();
  ASSERT_TRUE(net.add(attachment));
  calls();
  ASSERT_TRUE(net.remove({.container = "abc"}));
  const std::string log = calls();
  EXPECT_THAT(log, HasSubstr(R"("runtimeConfig":{"portMappings":[{"hostPort":80}]})"));
  EXPECT_THAT(log, HasSubstr("A=1;B=2"));
}

TEST_F(ChainTest, AFailureIsUndoneAndSaysWhatThePluginSays) {
  const auto result = chain(R"({"type":"one"},{"type":"bad"})").add(attachment);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), Code::busy);
  EXPECT_THAT(result.error().message(), HasSubstr("bad (ADD): come back: later"));
  EXPECT_THAT(calls(), HasSubstr("DEL one"));
}

TEST_F(ChainTest, CheckNeedsWhatAddHasKept) {
  const Chain net = chain(R"({"type":"one"})");
  EXPECT_EQ(net.check(attachment).error().code(), Code::not_found);
  ASSERT_TRUE(net.add(attachment));
  EXPECT_TRUE(net.check(attachment));
  EXPECT_THAT(calls(), HasSubstr("CHECK one"));
  EXPECT_EQ(chain(R"({"type":"one"})", "0.3.1").check(attachment).error().code(), Code::unsupported);
}

TEST_F(ChainTest, StatusAndGarbageCollectionAreOfOnePointOne) {
  const Chain net = chain(R"({"type":"one"})", "1.1.0");
  ASSERT_TRUE(net.add(attachment));
  EXPECT_TRUE(net.status());
  EXPECT_TRUE(net.collect({{"other", "eth0"}}));
  const std::string log = calls();
  EXPECT_THAT(log, HasSubstr("STATUS one"));
  EXPECT_THAT(log, HasSubstr("DEL one abc"));
  EXPECT_THAT(log, HasSubstr(R"("cni.dev/valid-attachments":[{"containerID":"other","ifname":"eth0"}])"));
  EXPECT_EQ(chain(R"({"type":"one"})").status().error().code(), Code::unsupported);
}

TEST_F(ChainTest, HostileNamesReachNoPlugin) {
  for (const char* id : {"", "../x", "a b", "a\nb", "-a"}) {
    attachment.container = id;
    EXPECT_FALSE(chain(R"({"type":"one"})").add(attachment)) << id;
  }
  attachment.container = "abc";
  attachment.interface = "../eth0";
  EXPECT_FALSE(chain(R"({"type":"one"})").add(attachment));
  EXPECT_EQ(calls(), "");
}

TEST(Result, WhatIsNotUnderstoodIsLeftOut) {
  const auto result = boost::json::parse(R"({"ips":[{"address":"10.1.0.2/24"},{"address":"x"},7],
      "interfaces":[{"name":"eth0","mac":"aa"},{"name":"eth0","mac":"bb","sandbox":"/ns"}],
      "dns":{"nameservers":["10.1.0.1","evil\nline"],"search":["a.b","c d"]}})")
                          .as_object();
  EXPECT_EQ(addresses_of(result).size(), 1u);
  EXPECT_EQ(mac_of(result, "eth0"), "bb");
  EXPECT_THAT(dns_of(result).servers, ElementsAre("10.1.0.1"));
  EXPECT_THAT(dns_of(result).search, ElementsAre("a.b"));
}

TEST(Config, RefusesWhatBreaksTheSpecification) {
  for (const char* text : {"", "[]", "{}", R"({"name":"a"})", R"({"name":"../a","type":"x"})",
                           R"({"name":"a","type":"../x"})", R"({"name":"a","plugins":[]})",
                           R"({"name":"a","plugins":[{"type":1}]})", R"({"name":"a","cniVersion":"9.0.0","type":"x"})"})
    EXPECT_FALSE(parse_config(text, "file")) << text;
  EXPECT_EQ(parse_config(R"({"name":"a","type":"x"})", "file")->plugins.size(), 1u);
  EXPECT_LT(compare_versions("0.4.0", "1.0.0"), 0);
  EXPECT_EQ(compare_versions("1.0", "1.0.0"), 0);
  EXPECT_GT(compare_versions("0.10.0", "0.9.9"), 0);
}

TEST_F(ChainTest, SpeaksTheHighestVersionThatAllPluginsKnow) {
  plugin("old", R"(echo '{"cniVersion":"1.0.0","supportedVersions":["0.4.0","1.0.0"]}')");
  plugin("new", R"(echo '{"cniVersion":"1.1.0","supportedVersions":["1.0.0","1.1.0"]}')");
  auto with = [&](const char* versions, const char* plugins) {
    auto config = parse_config(
        fmt::format(R"({{"cniVersions":[{}],"cniVersion":"0.3.1","name":"net","plugins":[{}]}})", versions, plugins),
        "net.conflist");
    EXPECT_TRUE(config) << config.error().message();
    return Chain(std::move(*config), {.plugins = {folder}, .cache = folder + "/cache"});
  };
  Chain mixed = with(R"("1.1.0","1.0.0","7.0.0")", R"({"type":"old"},{"type":"new"})");
  ASSERT_TRUE(mixed.negotiate());
  EXPECT_EQ(mixed.config().version, "1.0.0");
  Chain fresh = with(R"("1.1.0","1.0.0")", R"({"type":"new"})");
  ASSERT_TRUE(fresh.negotiate());
  EXPECT_EQ(fresh.config().version, "1.1.0");
  Chain apart = with(R"("1.1.0")", R"({"type":"old"},{"type":"new"})");
  EXPECT_EQ(apart.negotiate().error().code(), Code::unsupported);
}

TEST_F(ChainTest, CollectPassesOverPluginsThatDoNotKnowTheVersion) {
  plugin("old", R"(echo '{"cniVersion":"1.0.0","supportedVersions":["1.0.0"]}')");
  plugin("new", R"(echo '{"cniVersion":"1.1.0","supportedVersions":["1.1.0"]}')");
  const Chain both = chain(R"({"type":"old"},{"type":"new"})", "1.1.0");
  ASSERT_TRUE(both.collect({}));
  const std::string log = calls();
  EXPECT_THAT(log, HasSubstr("GC new"));
  EXPECT_THAT(log, Not(HasSubstr("GC old")));
  EXPECT_EQ(both.status().error().code(), Code::unsupported);
}

}  // namespace
}  // namespace gantry::cni
