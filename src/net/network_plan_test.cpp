#include "net/networks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gantry::net {
namespace {

using ::testing::HasSubstr;

IpNetwork network(std::string_view text) { return IpNetwork::parse(text).take(); }
IpAddress address(std::string_view text) { return IpAddress::parse(text).take(); }

TEST(CompleteNetwork, FillsInSubnetGatewayAndBridge) {
  auto made = complete_network({.name = "site"}, {});
  ASSERT_TRUE(made) << made.error().message();
  ASSERT_EQ(made->subnets.size(), 1u);
  EXPECT_EQ(made->subnets[0].subnet.text(), "10.65.0.0/24");
  EXPECT_EQ(made->subnets[0].gateway->text(), "10.65.0.1");
  EXPECT_EQ(made->network_interface, "gantry0");
  EXPECT_EQ(made->id.size(), 64u);
}

TEST(CompleteNetwork, TakesTheNextFreeSubnetAndBridge) {
  Taken taken{.host_routes = {network("10.65.1.0/24")}, .host_interfaces = {"gantry1"}};
  taken.networks.push_back(complete_network({.name = "one"}, {}).take());
  auto made = complete_network({.name = "two"}, taken);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->subnets[0].subnet.text(), "10.65.2.0/24");
  EXPECT_EQ(made->network_interface, "gantry2");
}

TEST(CompleteNetwork, GivesTheDefaultNetworkAWideSubnet) {
  auto made = complete_network({.name = kDefaultNetwork}, {});
  ASSERT_TRUE(made);
  EXPECT_EQ(made->subnets[0].subnet.text(), "10.64.0.0/16");
}

TEST(CompleteNetwork, MakesAUniqueLocalSubnetForIpv6) {
  auto made = complete_network({.name = "six", .ipv6_enabled = true}, {});
  ASSERT_TRUE(made);
  ASSERT_EQ(made->subnets.size(), 2u);
  EXPECT_TRUE(made->subnets[1].subnet.text().starts_with("fd"));
  EXPECT_EQ(made->subnets[1].subnet.length, 64u);
}

TEST(CompleteNetwork, RefusesWhatIsTaken) {
  Taken taken{.host_routes = {network("192.0.2.0/24")}, .host_interfaces = {"br0"}};
  taken.networks.push_back(
      complete_network({.name = "one", .subnets = {{network("10.80.0.0/16"), {}, {}}}}, {}).take());
  auto refused = [&](Network wish) { return complete_network(std::move(wish), taken).error(); };
  EXPECT_EQ(refused({.name = "one"}).code(), Code::exists);
  EXPECT_THAT(refused({.name = "two", .subnets = {{network("10.80.9.0/24"), {}, {}}}}).message(), HasSubstr("'one'"));
  EXPECT_THAT(refused({.name = "two", .subnets = {{network("192.0.2.128/25"), {}, {}}}}).message(),
              HasSubstr("this host has a route"));
  EXPECT_EQ(refused({.name = "two", .network_interface = "br0"}).code(), Code::exists);
}

TEST(CompleteNetwork, RefusesWhatDoesNotFitTogether) {
  auto refused = [](Network wish) { return complete_network(std::move(wish), {}).error().code(); };
  EXPECT_EQ(refused({.name = "a/b"}), Code::invalid);
  EXPECT_EQ(refused({.name = "a", .subnets = {{network("10.80.0.0/31"), {}, {}}}}), Code::invalid);
  EXPECT_EQ(refused({.name = "a", .subnets = {{network("10.80.0.0/24"), address("10.81.0.1"), {}}}}), Code::invalid);
  EXPECT_EQ(refused({.name = "a", .subnets = {{network("10.80.0.0/24"), {}, {}}, {network("10.80.0.128/25"), {}, {}}}}),
            Code::invalid);
  EXPECT_EQ(refused({.name = "a", .options = {{"mtu", "1"}}}), Code::invalid);
  EXPECT_EQ(refused({.name = "a", .options = {{"parent", "eth0"}}}), Code::invalid);
}

TEST(NetworkSettings, AreReadFromOptionsOfPodmanAndDocker) {
  Network wish{.name = "a", .options = {{"com.docker.network.driver.mtu", "1400"}, {"isolate", "strict"}}};
  auto settings = settings_of(wish);
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->mtu, 1400u);
  EXPECT_EQ(settings->isolation, Isolation::strict);
}

}  // namespace
}  // namespace gantry::net
