#include "lab/topology.hpp"

#include <gmock/gmock.h>

#include "lab/graph.hpp"

namespace gantry::lab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kDemo = R"(
name: demo
topology:
  defaults:
    kind: linux
    env: {COLOUR: blue, SHAPE: round}
  kinds:
    linux: {image: busybox, cmd: sleep 600}
  groups:
    core: {env: {COLOUR: red}}
  nodes:
    r1:
      group: core
      exec:
        - ip addr add 10.0.0.1/24 dev eth1
    r2: {image: other, binds: ["conf:/etc/conf:ro"]}
    br0: {kind: bridge}
  links:
    - endpoints: ["r1:eth1", "r2:eth1"]
      mtu: 1400
    - type: veth
      endpoints:
        - {node: r1, interface: eth2, mac: "02:00:00:00:00:01", ipv4: 10.1.0.1/24, ipv6: "fd00::1/64"}
        - {node: br0, interface: r1-eth2}
)";

std::string error_of(std::string_view text) {
  const auto topology = parse_topology(text, "demo.yml");
  return topology ? "" : topology.error().message();
}

TEST(Topology, NodesInheritDefaultsKindAndGroup) {
  const auto topology = parse_topology(kDemo, "demo.yml");
  ASSERT_TRUE(topology) << topology.error().message();
  const Node& r1 = *topology->find("r1");
  EXPECT_EQ(r1.image, "busybox");
  EXPECT_EQ(r1.command, "sleep 600");
  EXPECT_EQ(r1.env.at("COLOUR"), "red");
  EXPECT_EQ(r1.env.at("SHAPE"), "round");
  EXPECT_THAT(r1.exec, ElementsAre("ip addr add 10.0.0.1/24 dev eth1"));
  EXPECT_EQ(topology->find("r2")->image, "other");
  EXPECT_EQ(topology->find("br0")->kind, NodeKind::bridge);
  EXPECT_EQ(topology->container_name(r1), "clab-demo-r1");
}

TEST(Topology, LinksHaveTwoEnds) {
  const auto topology = parse_topology(kDemo, "demo.yml");
  ASSERT_TRUE(topology);
  ASSERT_EQ(topology->links.size(), 2u);
  EXPECT_EQ(topology->links[0].mtu, 1400u);
  EXPECT_EQ(topology->links[1].a.mac, "02:00:00:00:00:01");
  EXPECT_EQ(topology->links[1].a.addresses[1].text(), "fd00::1/64");
  EXPECT_EQ(topology->links[1].b.interface, "r1-eth2");
}

TEST(Topology, WhatIsNotUnderstoodIsRefusedWithItsLine) {
  EXPECT_THAT(error_of("name: x\ntopology:\n  nodes:\n    a: {kind: srl, image: x}\n"), HasSubstr("demo.yml:4"));
  EXPECT_THAT(error_of("name: x\ntopology:\n  nodes:\n    a: {image: x, colour: blue}\n"), HasSubstr("colour"));
  EXPECT_THAT(error_of("name: x\ntopology:\n  nodes:\n    a: {kind: linux}\n"), HasSubstr("no image"));
  EXPECT_THAT(error_of("name: ../x\ntopology:\n  nodes:\n    a: {image: x}\n"), HasSubstr("name"));
  EXPECT_THAT(error_of("name: x\ntopology:\n  nodes:\n    a/b: {image: x}\n"), HasSubstr("a/b"));
  const std::string nodes = "name: x\ntopology:\n  nodes:\n    a: {image: x}\n    b: {image: x}\n  links:\n";
  EXPECT_THAT(error_of(nodes + "    - endpoints: [\"a:eth1\", \"c:eth1\"]\n"), HasSubstr("no node 'c'"));
  EXPECT_THAT(error_of(nodes + "    - endpoints: [\"a:eth1\"]\n"), HasSubstr("two endpoints"));
  EXPECT_THAT(error_of(nodes + "    - endpoints: [\"a:eth1\", \"a:eth1\"]\n"), HasSubstr("end of two links"));
  EXPECT_THAT(error_of(nodes + "    - endpoints: [\"a:a-name-that-is-too-long\", \"b:eth1\"]\n"),
              HasSubstr("network device"));
  EXPECT_THAT(error_of("name: x\n"), HasSubstr("no nodes"));
  EXPECT_THAT(error_of("- x\n"), HasSubstr("no topology"));
}

TEST(Graph, NamesInAPageDoNothing) {
  Topology topology{.name = "<script>", .nodes = {{.name = "a", .image = "<b>&\""}}};
  topology.links.push_back({{.node = "a", .interface = "eth1"}, {.node = "host", .interface = "a-eth1"}});
  const std::string page = graph_page(topology);
  EXPECT_EQ(page.find("<script>"), std::string::npos);
  EXPECT_THAT(page, HasSubstr("&lt;b&gt;&amp;&quot;"));
  EXPECT_EQ(graph_text(topology), "a:eth1 ---- host:a-eth1\n");
}

}  // namespace
}  // namespace gantry::lab
