#include "engine/network_files.hpp"

#include "engine/pasta.hpp"
#include "engine/slirp.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace gantry::engine {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

ContainerConfig on(const std::string& network) {
  ContainerConfig config;
  config.network = network;
  return config;
}

TEST(NetworkFiles, HostsBeginWithWhatTheUserAsksFor) {
  ContainerConfig config = on("bridge");
  config.add_hosts = {"db;db2:10.0.0.5", "six=[fd00::6]", "gw:host-gateway"};
  const auto text = hosts_text(config, "host1", "web", {.addresses = {"10.1.0.2"}, .host_gateway = "10.1.0.1"}, {});
  ASSERT_TRUE(text) << text.error().message();
  EXPECT_THAT(*text, StartsWith("10.0.0.5\tdb db2\nfd00::6\tsix\n10.1.0.1\tgw\n127.0.0.1\tlocalhost\n"));
  EXPECT_THAT(*text, HasSubstr("10.1.0.2\thost1 web\n"));
  EXPECT_THAT(*text, HasSubstr("10.1.0.1\thost.containers.internal"));
}

TEST(NetworkFiles, WithoutAWayToTheHostThereIsNoGateway) {
  ContainerConfig config = on("none");
  config.add_hosts = {"gw:host-gateway"};
  EXPECT_EQ(hosts_text(config, "a", "a", {}, {}).error().code(), Code::unsupported);
  config.add_hosts.clear();
  EXPECT_THAT(*hosts_text(config, "a", "a", {}, {}), Not(HasSubstr("host.containers")));
}

TEST(NetworkFiles, TheBaseOfHostsIsChosen) {
  ContainerConfig config = on("none");
  config.hosts_file = "image";
  EXPECT_THAT(*hosts_text(config, "a", "a", {}, "1.1.1.1 image"), StartsWith("1.1.1.1 image\n127.0.1.1\ta\n"));
  config.hosts_file = "none";
  EXPECT_EQ(*hosts_text(config, "a", "a", {}, {}), "127.0.1.1\ta\n");
}

TEST(NetworkFiles, ServersOfTheNetworkWinOverThoseOfTheUserWhoAreAskedBehindThem) {
  ContainerConfig config = on("bridge");
  config.dns = {"9.9.9.9"};
  config.dns_search = {"a.example"};
  config.dns_options = {"ndots:3"};
  const std::string behind = *resolv_text(config, {.servers = {"10.1.0.1"}, .search = {"dns.gantry"}});
  EXPECT_EQ(behind, "search a.example\nnameserver 10.1.0.1\noptions ndots:3\n");
  EXPECT_EQ(*resolv_text(config, {}), "search a.example\nnameserver 9.9.9.9\noptions ndots:3\n");
  config.dns_search = {"."};
  EXPECT_THAT(*resolv_text(config, {}), Not(HasSubstr("search")));
}

TEST(NetworkFiles, WhatCouldBeginALineOfItsOwnIsRefused) {
  for (const char* host : {"x", "x:y", "a b:1.2.3.4", "a\n6.6.6.6 b:1.2.3.4", ":1.2.3.4", "a:"})
    EXPECT_FALSE(check_network_files({.add_hosts = {host}})) << host;
  for (const char* word : {"", "a b", "a\nnameserver 6.6.6.6", "\x01"}) {
    EXPECT_FALSE(check_network_files({.dns_search = {word}})) << word;
    EXPECT_FALSE(check_network_files({.dns_options = {word}})) << word;
  }
  EXPECT_FALSE(check_network_files({.dns = {"dns.example"}}));
  EXPECT_FALSE(check_network_files({.add_hosts = {"a:1.2.3.4"}, .no_hosts = true}));
  EXPECT_TRUE(check_network_files({.dns = {"none"}}));
}

TEST(Pasta, PublishesWhatIsAskedForAndNothingElse) {
  NetworkConfig config{.network = "pasta", .network_options = {"--mtu", "1400"}};
  config.ports = {{.host_ip = "127.0.0.1", .host_port = 8080, .container_port = 80},
                  {.host_port = 9000, .container_port = 90, .count = 3}};
  const auto words = pasta_arguments(config, 7, "/run/pid");
  EXPECT_THAT(words, Contains("127.0.0.1/8080:80"));
  EXPECT_THAT(words, Contains("9000-9002:90-92"));
  EXPECT_EQ(std::ranges::count(words, "none"), 3);
  EXPECT_THAT(words, Contains("--no-map-gw"));
  EXPECT_EQ(words.back(), "7");
  config.add_hosts = {"gw:host-gateway"};
  EXPECT_THAT(pasta_arguments(config, 7, "/run/pid"), Not(Contains("--no-map-gw")));
}

TEST(Pasta, FindsTheGatewayOfTheDefaultRoute) {
  EXPECT_EQ(
      default_gateway("Iface\tDestination\tGateway\neth0\t000200C0\t00000000\t0001\neth0\t00000000\t010200C0\t3\n"),
      "192.0.2.1");
  EXPECT_EQ(default_gateway(""), "");
}

TEST(Slirp, TakesItsOptionsAndRefusesOthers) {
  NetworkConfig config{.network = "slirp4netns", .network_options = {"mtu=1400", "cidr=10.7.0.0/24"}};
  EXPECT_THAT(*slirp_arguments(config), Contains("--mtu=1400"));
  EXPECT_THAT(*slirp_arguments(config), Contains("--disable-host-loopback"));
  EXPECT_EQ(slirp_facts(config).servers, std::vector<std::string>{"10.7.0.3"});
  for (const char* option : {"colour=blue", "cidr=10.7.0.0/30", "cidr=x"})
    EXPECT_FALSE(slirp_arguments({.network = "slirp4netns", .network_options = {option}})) << option;
}

}  // namespace
}  // namespace gantry::engine
