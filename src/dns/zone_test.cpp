#include "dns/zone.hpp"

#include "base/file.hpp"

#include <gmock/gmock.h>

#include <cstdlib>

namespace gantry::dns {
namespace {

class ZoneTest : public testing::Test {
 protected:
  ZoneTest() {
    char name[] = "/tmp/gantry-zone.XXXXXX";
    service.folder = mkdtemp(name);
  }
  ~ZoneTest() override { best_effort(remove_tree(service.folder)); }
  Result<> add(const std::string& network, const std::string& id, const std::string& name) {
    return publish(service, network, {.listen = {"10.1.0.1"}, .subnets = {"10.1.0.0/24"}}, id,
                   {.names = {name}, .addresses = {"10.1.0.2"}});
  }
  bool has(const std::string& path) const { return path_exists(service.folder + "/" + path); }
  Service service;
};

TEST_F(ZoneTest, ANetworkIsThereAsLongAsItHasMembers) {
  ASSERT_TRUE(add("net", "aaa", "web"));
  ASSERT_TRUE(add("net", "bbb", "db"));
  EXPECT_TRUE(has("net/network"));
  ASSERT_TRUE(withdraw(service.folder, "net", "aaa"));
  EXPECT_TRUE(has("net/bbb"));
  ASSERT_TRUE(withdraw(service.folder, "net", "bbb"));
  EXPECT_FALSE(has("net"));
  EXPECT_TRUE(withdraw(service.folder, "net", "bbb"));
}

TEST_F(ZoneTest, HostileNamesAreRefusedAndLeaveNothing) {
  for (const char* name : {"", "a b", "../x", "a\n1.2.3.4 bank", "-.", "a..b"})
    EXPECT_FALSE(add("net", "aaa", name)) << name;
  EXPECT_FALSE(add("../net", "aaa", "web"));
  EXPECT_FALSE(add(".server", "aaa", "web"));
  EXPECT_FALSE(add("net", "network", "web"));
  EXPECT_FALSE(has("net"));
}

TEST_F(ZoneTest, AContainerIsForgottenEverywhere) {
  ASSERT_TRUE(add("one", "aaa", "web"));
  ASSERT_TRUE(add("two", "aaa", "web"));
  ASSERT_TRUE(add("two", "bbb", "db"));
  ASSERT_TRUE(withdraw_everywhere(service.folder, "aaa"));
  EXPECT_FALSE(has("one"));
  EXPECT_FALSE(has("two/aaa"));
  EXPECT_TRUE(has("two/bbb"));
}

}  // namespace
}  // namespace gantry::dns
