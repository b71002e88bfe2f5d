#include "dns/directory.hpp"

#include <gmock/gmock.h>
#include <ldns/ldns.h>

namespace gantry::dns {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Query query(const char* name, ldns_rr_type type = LDNS_RR_TYPE_A) {
  ldns_pkt* packet = nullptr;
  ldns_pkt_query_new_frm_str(&packet, name, type, LDNS_RR_CLASS_IN, LDNS_RD);
  std::uint8_t* data = nullptr;
  std::size_t size = 0;
  ldns_pkt2wire(&data, packet, &size);
  auto result = Query::parse({data, size});
  free(data);
  ldns_pkt_free(packet);
  return std::move(*result);
}

linux::IpAddress ip(const char* text) { return *linux::IpAddress::parse(text); }

std::vector<std::string> texts(const Answer& answer) {
  std::vector<std::string> result;
  for (const auto& address : answer.addresses) result.push_back(address.text());
  return result;
}

class DirectoryTest : public testing::Test {
 protected:
  DirectoryTest() {
    EXPECT_TRUE(
        directory.set_zone("front", {.listen = {"10.1.0.1", "fd01::1"}, .subnets = {"10.1.0.0/24", "fd01::/64"}}));
    EXPECT_TRUE(directory.set_zone("back", {.listen = {"10.2.0.1"}, .subnets = {"10.2.0.0/24"}, .internal = true}));
    directory.set_member("front", "aaa", {.names = {"web", "www"}, .addresses = {"10.1.0.2", "fd01::2"}});
    directory.set_member("back", "aaa", {.names = {"web"}, .addresses = {"10.2.0.2"}});
    directory.set_member("back", "bbb", {.names = {"db"}, .addresses = {"10.2.0.3"}});
    directory.set_member("front", "ccc", {.names = {"other"}, .addresses = {"10.1.0.4"}});
  }
  Decision ask(const char* source, const char* name, ldns_rr_type type = LDNS_RR_TYPE_A, const char* at = "10.1.0.1") {
    return directory.decide(ip(at), ip(source), query(name, type));
  }
  Directory directory;
};

TEST_F(DirectoryTest, NamesAndAliasesOfTheSameNetwork) {
  EXPECT_THAT(texts(ask("10.1.0.4", "web.").answer), ElementsAre("10.1.0.2"));
  EXPECT_THAT(texts(ask("10.1.0.4", "WWW.dns.gantry.").answer), ElementsAre("10.1.0.2"));
  EXPECT_THAT(texts(ask("10.1.0.4", "www.", LDNS_RR_TYPE_AAAA).answer), ElementsAre("fd01::2"));
  EXPECT_TRUE(ask("10.1.0.4", "web.").answer.authoritative);
}

TEST_F(DirectoryTest, AKnownNameWithoutSuchARecordIsEmptyAndNotForwarded) {
  const Decision decision = ask("10.1.0.4", "other.", LDNS_RR_TYPE_AAAA);
  EXPECT_FALSE(decision.forward);
  EXPECT_EQ(decision.answer.code, Rcode::no_error);
  EXPECT_THAT(decision.answer.addresses, IsEmpty());
  EXPECT_FALSE(ask("10.1.0.4", "other.", LDNS_RR_TYPE_MX).forward);
}

TEST_F(DirectoryTest, AContainerSeesAllItsNetworksAndNoOther) {
  EXPECT_THAT(texts(ask("10.1.0.2", "db.").answer), ElementsAre("10.2.0.3"));
  EXPECT_TRUE(ask("10.1.0.4", "db.").forward);
  EXPECT_EQ(ask("10.1.0.4", "db.dns.gantry.").answer.code, Rcode::name_error);
}

TEST_F(DirectoryTest, OthersAreRefused) {
  EXPECT_EQ(ask("192.168.1.7", "web.").answer.code, Rcode::refused);
  EXPECT_EQ(ask("10.2.0.3", "web.").answer.code, Rcode::refused);
  EXPECT_EQ(ask("10.1.0.4", "web.", LDNS_RR_TYPE_AXFR).answer.code, Rcode::refused);
}

TEST_F(DirectoryTest, AnInternalNetworkAsksNobody) {
  const Decision decision = ask("10.2.0.3", "example.org.", LDNS_RR_TYPE_A, "10.2.0.1");
  EXPECT_FALSE(decision.forward);
  EXPECT_EQ(decision.answer.code, Rcode::name_error);
  EXPECT_TRUE(ask("10.2.0.2", "example.org.", LDNS_RR_TYPE_A, "10.2.0.1").forward) << "the other network leads out";
}

TEST_F(DirectoryTest, TheHostSeesNamesButIsNotForwarded) {
  EXPECT_THAT(texts(ask("10.1.0.1", "web.").answer), ElementsAre("10.1.0.2"));
  EXPECT_EQ(ask("10.1.0.1", "example.org.").answer.code, Rcode::refused);
}

TEST_F(DirectoryTest, AddressesHaveNames) {
  EXPECT_THAT(ask("10.1.0.4", "2.0.1.10.in-addr.arpa.", LDNS_RR_TYPE_PTR).answer.names, ElementsAre("web.dns.gantry"));
  EXPECT_EQ(ask("10.1.0.4", "9.0.1.10.in-addr.arpa.", LDNS_RR_TYPE_PTR).answer.code, Rcode::name_error);
  EXPECT_TRUE(ask("10.1.0.4", "8.8.8.8.in-addr.arpa.", LDNS_RR_TYPE_PTR).forward);
}

TEST_F(DirectoryTest, ASharedAliasTakesTurns) {
  directory.set_member("front", "ddd", {.names = {"two", "www"}, .addresses = {"10.1.0.5"}});
  const auto first = texts(ask("10.1.0.4", "www.").answer);
  const auto second = texts(ask("10.1.0.4", "www.").answer);
  EXPECT_THAT(first, SizeIs(2));
  EXPECT_NE(first, second);
}

TEST_F(DirectoryTest, WhatLeavesIsForgotten) {
  directory.remove_member("front", "aaa");
  EXPECT_TRUE(ask("10.1.0.4", "web.").forward);
  directory.remove_network("front");
  EXPECT_EQ(ask("10.1.0.4", "web.").answer.code, Rcode::refused);
  directory.remove_network("back");
  EXPECT_TRUE(directory.empty());
}

TEST_F(DirectoryTest, AContainersOwnServersComeFirst) {
  directory.set_member("front", "eee", {.names = {"own"}, .addresses = {"10.1.0.6"}, .upstreams = {"9.9.9.9"}});
  EXPECT_THAT(ask("10.1.0.6", "example.org.").upstreams, ElementsAre(ip("9.9.9.9")));
  EXPECT_THAT(ask("10.1.0.4", "example.org.").upstreams, IsEmpty());
}

TEST_F(DirectoryTest, HostileMembersLeaveOutWhatIsNoName) {
  directory.set_member("front", "fff",
                       {.names = {"a b", "..", std::string(300, 'x'), "fine"}, .addresses = {"x", "10.1.0.7"}});
  EXPECT_THAT(texts(ask("10.1.0.4", "fine.").answer), ElementsAre("10.1.0.7"));
}

}  // namespace
}  // namespace gantry::dns
