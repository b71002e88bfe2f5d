#include "dns/host_name.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gantry::dns {
namespace {

TEST(Reverse, NamesOfBothFamilies) {
  EXPECT_EQ(address_of_reverse("5.0.89.10.in-addr.arpa")->text(), "10.89.0.5");
  EXPECT_EQ(address_of_reverse("5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa")->text(),
            "fd00::5");
  for (const char* name : {"web", "in-addr.arpa", "0.89.10.in-addr.arpa", "256.0.89.10.in-addr.arpa",
                           "x.0.89.10.in-addr.arpa", "0005.0.89.10.in-addr.arpa", "5.0.ip6.arpa"})
    EXPECT_FALSE(address_of_reverse(name)) << name;
}

TEST(HostName, IsWhatDnsCanCarryUnescaped) {
  for (const char* name : {"web", "web-1", "Web_2", "a.b.c", "1"}) EXPECT_TRUE(is_host_name(name)) << name;
  EXPECT_TRUE(is_host_name(std::string(63, 'a')));
  for (const std::string& name : {std::string(64, 'a'), std::string(""), std::string("."), std::string("a..b"),
                                  std::string(".a"), std::string("a b"), std::string("a\nb"), std::string("\xc3\xa4")})
    EXPECT_FALSE(is_host_name(name)) << name;
  std::string longest;
  while (longest.size() < 254) longest += "a.";
  EXPECT_FALSE(is_host_name(longest + "a"));
}

}  // namespace
}  // namespace gantry::dns
