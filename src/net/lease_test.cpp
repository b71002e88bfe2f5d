#include "net/lease.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace gantry::net {
namespace {

using ::testing::HasSubstr;

class LeasesTest : public ::testing::Test {
 protected:
  LeasesTest() {
    char name[] = "/tmp/gantry-leases.XXXXXX";
    folder_ = mkdtemp(name);
    network_.name = "site";
    network_.subnets = {{IpNetwork::parse("10.80.0.0/29").take(), IpAddress::parse("10.80.0.1").take(), {}}};
  }
  ~LeasesTest() override { std::filesystem::remove_all(folder_); }

  Result<std::string> take(std::string_view owner) {
    return TRY(Leases(folder_).take(network_, network_.subnets[0], owner)).text();
  }
  Result<> take(std::string_view wanted, std::string_view owner) {
    return Leases(folder_).take(network_, network_.subnets[0], IpAddress::parse(wanted).take(), owner);
  }
  void give_back(std::string_view address, std::string_view owner) {
    EXPECT_TRUE(Leases(folder_).give_back("site", IpAddress::parse(address).take(), owner));
  }

  std::string folder_;
  Network network_;
};

TEST_F(LeasesTest, GivesOutAllAddressesButTheNetworksOwn) {
  for (const char* expected : {"10.80.0.2", "10.80.0.3", "10.80.0.4", "10.80.0.5", "10.80.0.6"})
    EXPECT_EQ(take("a").value_or("none"), expected);
  auto none = take("a");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code(), Code::no_space);
}

TEST_F(LeasesTest, DoesNotGiveAnAddressOutAgainAtOnce) {
  EXPECT_EQ(take("a").value_or("none"), "10.80.0.2");
  give_back("10.80.0.2", "a");
  EXPECT_EQ(take("b").value_or("none"), "10.80.0.3");
}

TEST_F(LeasesTest, StaysInTheRange) {
  network_.subnets[0].lease_range =
      LeaseRange{IpAddress::parse("10.80.0.4").take(), IpAddress::parse("10.80.0.5").take()};
  EXPECT_EQ(take("a").value_or("none"), "10.80.0.4");
  EXPECT_EQ(take("a").value_or("none"), "10.80.0.5");
  EXPECT_FALSE(take("a"));
}

TEST_F(LeasesTest, SaysWhoHasAnAddressThatIsWished) {
  EXPECT_TRUE(take("10.80.0.3", "a"));
  EXPECT_TRUE(take("10.80.0.3", "a"));  // twice is fine
  auto taken = take("10.80.0.3", "b");
  ASSERT_FALSE(taken);
  EXPECT_THAT(taken.error().message(), HasSubstr("container a has the address 10.80.0.3"));
  EXPECT_EQ(take("10.80.0.1", "b").error().code(), Code::invalid);
  EXPECT_EQ(take("10.80.0.7", "b").error().code(), Code::invalid);
  EXPECT_EQ(take("10.99.0.3", "b").error().code(), Code::invalid);
}

TEST_F(LeasesTest, TakesBackFromTheOwnerAlone) {
  EXPECT_TRUE(take("10.80.0.3", "a"));
  give_back("10.80.0.3", "b");
  EXPECT_FALSE(take("10.80.0.3", "c"));
  EXPECT_TRUE(Leases(folder_).give_back_all("a"));
  EXPECT_TRUE(take("10.80.0.3", "c"));
}

TEST_F(LeasesTest, CountsPastTheEndsOfIpv6) {
  network_.subnets = {{IpNetwork::parse("fd42::/64").take(), IpAddress::parse("fd42::1").take(), {}}};
  EXPECT_EQ(take("a").value_or("none"), "fd42::2");
}

}  // namespace
}  // namespace gantry::net
