#include "engine/network_options.hpp"

#include <gtest/gtest.h>

namespace gantry::engine {
namespace {

NetworkConfig empty() {
  NetworkConfig config;
  config.network.clear();
  return config;
}

TEST(NetworkOption, KnowsTheModes) {
  for (const char* word : {"none", "host", "container:web", "ns:/run/netns/x"}) {
    NetworkConfig config = empty();
    ASSERT_TRUE(add_network(config, word)) << word;
    EXPECT_EQ(config.network, word);
    EXPECT_TRUE(config.networks.empty());
  }
}

TEST(NetworkOption, ReadsWhatFollowsANetworksName) {
  NetworkConfig config = empty();
  ASSERT_TRUE(
      add_network(config, "site:ip=10.1.2.3,ip=fd00::3,mac=02:00:00:00:00:01,alias=a,alias=b,interface_name=x"));
  ASSERT_TRUE(add_network(config, "bridge"));
  EXPECT_EQ(config.network, "bridge");
  ASSERT_EQ(config.networks.size(), 2u);
  EXPECT_EQ(config.networks[0],
            (NetworkAttachment{"site", "10.1.2.3", "fd00::3", "02:00:00:00:00:01", "x", {"a", "b"}}));
  EXPECT_EQ(config.networks[1].name, "gantry");
}

TEST(NetworkOption, RefusesWhatExcludesOneAnother) {
  NetworkConfig config = empty();
  ASSERT_TRUE(add_network(config, "host"));
  EXPECT_FALSE(add_network(config, "site"));
  config = empty();
  ASSERT_TRUE(add_network(config, "site"));
  EXPECT_FALSE(add_network(config, "none"));
  EXPECT_FALSE(add_network(config, "site"));
  EXPECT_FALSE(add_network(config, "../x"));
  EXPECT_FALSE(add_network(config, "other:ip=10.1.2"));
  EXPECT_FALSE(add_network(config, "other:mac=01:00:00:00:00:01"));
  EXPECT_FALSE(add_network(config, "container:"));
}

TEST(Publish, ReadsEveryForm) {
  EXPECT_EQ(parse_publish("80").value(), (PortMapping{"", 0, 80, 1, "tcp"}));
  EXPECT_EQ(parse_publish("8080:80/udp").value(), (PortMapping{"", 8080, 80, 1, "udp"}));
  EXPECT_EQ(parse_publish("127.0.0.1:8080:80").value(), (PortMapping{"127.0.0.1", 8080, 80, 1, "tcp"}));
  EXPECT_EQ(parse_publish("127.0.0.1::80").value(), (PortMapping{"127.0.0.1", 0, 80, 1, "tcp"}));
  EXPECT_EQ(parse_publish("[::1]:8080:80/SCTP").value(), (PortMapping{"::1", 8080, 80, 1, "sctp"}));
  EXPECT_EQ(parse_publish("8000-8009:80-89").value(), (PortMapping{"", 8000, 80, 10, "tcp"}));
  EXPECT_EQ(parse_publish("0.0.0.0:8080:80").value(), (PortMapping{"", 8080, 80, 1, "tcp"}));
}

TEST(Publish, RefusesWhatIsNone) {
  for (const char* word : {"", "0", "65536", "80/icmp", "a", "80:b", "8000-8001:80", "90-80", "1.2.3:80:80",
                           "[::1:80:80", "80:80:80:80", "-80", "80-", " 80"})
    EXPECT_FALSE(parse_publish(word)) << word;
}

TEST(CheckNetwork, WantsPortsOnNetworksThatCanHaveThem) {
  NetworkConfig config;
  config.network = "host";
  EXPECT_TRUE(check_network(config));
  config.publish_all = true;
  EXPECT_FALSE(check_network(config));
  config.network = "bridge";
  EXPECT_TRUE(check_network(config));
  config.expose = {"80/xyz"};
  EXPECT_FALSE(check_network(config));
}

}  // namespace
}  // namespace gantry::engine
