#include "linux/ip_address.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

namespace gantry::linux {
namespace {

TEST(IpAddress, ReadsAsItIsWritten) {
  for (const char* text : {"10.89.0.5", "fd00::5", "::", "255.255.255.255"})
    EXPECT_EQ(IpAddress::parse(text)->text(), text);
  EXPECT_EQ(IpAddress::parse("::ffff:10.0.0.1")->text(), "10.0.0.1");
  for (const char* text : {"", "10.89.0", "10.89.0.5:53", "fe80::1%eth0", "10.89.0.256", "host", "010.1.1.1"})
    EXPECT_FALSE(IpAddress::parse(text)) << text;
  EXPECT_FALSE(IpAddress::parse(std::string_view("10.0.0.1\0x", 10)));
}

TEST(IpNetwork, ContainsItsMembers) {
  const IpNetwork network = *IpNetwork::parse("10.89.4.0/22");
  EXPECT_TRUE(network.contains(*IpAddress::parse("10.89.7.255")));
  EXPECT_FALSE(network.contains(*IpAddress::parse("10.89.8.0")));
  EXPECT_FALSE(network.contains(*IpAddress::parse("fd00::1")));
  EXPECT_TRUE(network.overlaps(*IpNetwork::parse("10.0.0.0/8")));
  EXPECT_FALSE(network.overlaps(*IpNetwork::parse("10.89.8.0/24")));
  EXPECT_EQ(network.text(), "10.89.4.0/22");
  for (const char* text : {"10.89.0.0/33", "10.89.0.0/", "10.89.0.0/-1", "fd00::/129"})
    EXPECT_FALSE(IpNetwork::parse(text)) << text;
  EXPECT_EQ(IpNetwork::parse("fd00::1")->length, 128u);
}

TEST(IpAddress, GoesThroughASocketAddress) {
  sockaddr_storage storage;
  for (const char* text : {"10.89.0.5", "fd00::5"}) {
    to_socket_address(*IpAddress::parse(text), 53, storage);
    EXPECT_EQ(from_socket_address(storage), (IpEndpoint{*IpAddress::parse(text), 53}));
  }
}

}  // namespace
}  // namespace gantry::linux
