#include "dns/resolv_conf.hpp"

#include <gmock/gmock.h>

namespace gantry::dns {
namespace {

using testing::ElementsAre;

TEST(ResolvConf, ReadsWhatResolversRead) {
  const ResolvConf conf = parse_resolv_conf(
      "# made by hand\n; too\nnameserver 10.0.0.1\nnameserver\tfe80::1%eth0\nnameserver nonsense\n"
      "domain old.example\nsearch  a.example b.example\noptions ndots:2 edns0\noptions rotate\nunknown word\n");
  EXPECT_THAT(conf.servers, ElementsAre("10.0.0.1", "fe80::1%eth0"));
  EXPECT_THAT(conf.search, ElementsAre("a.example", "b.example"));
  EXPECT_THAT(conf.options, ElementsAre("ndots:2", "edns0", "rotate"));
  EXPECT_EQ(parse_resolv_conf(write_resolv_conf(conf)), conf);
}

TEST(ResolvConf, KnowsWhichServersAreOfThisHostAlone) {
  EXPECT_THAT(reachable_servers({.servers = {"127.0.0.53", "10.0.0.1", "::1", "fe80::1%eth0", "fd00::1"}}),
              ElementsAre("10.0.0.1", "fd00::1"));
}

}  // namespace
}  // namespace gantry::dns
