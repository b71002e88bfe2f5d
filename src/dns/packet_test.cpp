#include "dns/packet.hpp"

#include <gmock/gmock.h>
#include <ldns/ldns.h>

namespace gantry::dns {
namespace {

using testing::ElementsAre;

struct Asked {
  const char* name = "web.";
  ldns_rr_type type = LDNS_RR_TYPE_A;
  std::uint16_t edns_size = 0;
};

std::vector<std::uint8_t> query_bytes(const Asked& asked) {
  ldns_pkt* packet = nullptr;
  ldns_pkt_query_new_frm_str(&packet, asked.name, asked.type, LDNS_RR_CLASS_IN, LDNS_RD);
  ldns_pkt_set_id(packet, 0x1234);
  if (asked.edns_size != 0) ldns_pkt_set_edns_udp_size(packet, asked.edns_size);
  std::uint8_t* data = nullptr;
  std::size_t size = 0;
  ldns_pkt2wire(&data, packet, &size);
  std::vector<std::uint8_t> bytes(data, data + size);
  free(data);
  ldns_pkt_free(packet);
  return bytes;
}

Wire wire_of(const std::string& text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

/// An answer as dig(1) would show it.
std::string shown(const std::string& message) {
  ldns_pkt* packet = nullptr;
  EXPECT_EQ(ldns_wire2pkt(&packet, wire_of(message).data(), message.size()), LDNS_STATUS_OK);
  char* text = ldns_pkt2str(packet);
  std::string result = text;
  free(text);
  ldns_pkt_free(packet);
  return result;
}

TEST(Query, SaysWhatIsAsked) {
  const auto query = Query::parse(query_bytes({.name = "Web.Example.ORG."}));
  ASSERT_TRUE(query);
  EXPECT_EQ(query->question(), (Question{"web.example.org", kTypeA, kClassIn}));
  EXPECT_EQ(query->fault(), Rcode::no_error);
  EXPECT_TRUE(query->recursion_desired());
  EXPECT_EQ(query->limit(), 512u);
  EXPECT_EQ(Query::parse(query_bytes({.edns_size = 1000}))->limit(), 1000u);
  EXPECT_EQ(Query::parse(query_bytes({.edns_size = 9000}))->limit(), kMaxDatagram);
  EXPECT_EQ(Query::parse(query_bytes({.edns_size = 100}))->limit(), 512u);
}

TEST(Query, IsAnsweredInItsOwnSpelling) {
  const auto query = Query::parse(query_bytes({.name = "WEB."}));
  const auto address = *linux::IpAddress::parse("10.89.0.5");
  const std::string text = shown(query->answer({.authoritative = true, .addresses = {address}}, 512));
  EXPECT_THAT(text, testing::HasSubstr("10.89.0.5"));
  EXPECT_THAT(text, testing::HasSubstr("WEB."));
  EXPECT_THAT(text, testing::HasSubstr("id: 4660"));
}

TEST(Query, ATooLongAnswerIsMarkedAsTruncated) {
  const auto query = Query::parse(query_bytes({}));
  Answer answer;
  for (int i = 0; i < 100; ++i) answer.addresses.push_back(*linux::IpAddress::parse("10.89.0." + std::to_string(i)));
  const std::string truncated = query->answer(answer, 512);
  EXPECT_LE(truncated.size(), 512u);
  EXPECT_THAT(shown(truncated), testing::HasSubstr(" tc "));
  EXPECT_GT(query->answer(answer, kMaxMessage).size(), 1600u);
}

TEST(Query, NoiseGetsAFormatErrorAndAnswersGetNothing) {
  EXPECT_FALSE(Query::parse({}));
  const std::vector<std::uint8_t> half{0x12, 0x34, 1, 0, 0, 1};
  EXPECT_FALSE(Query::parse(half));
  auto bytes = query_bytes({});
  bytes.resize(14);
  const auto broken = Query::parse(bytes);
  ASSERT_TRUE(broken);
  EXPECT_EQ(broken->fault(), Rcode::format_error);
  EXPECT_EQ(broken->answer({.code = broken->fault()}, 512).size(), kHeaderSize);
  bytes = query_bytes({});
  bytes[2] |= 0x80;
  EXPECT_FALSE(Query::parse(bytes));
}

TEST(Query, ANameThatPointsToItselfEnds) {
  std::vector<std::uint8_t> bytes{0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 0x0c, 0, 1, 0, 1};
  const auto query = Query::parse(bytes);
  ASSERT_TRUE(query);
  EXPECT_EQ(query->fault(), Rcode::format_error);
  EXPECT_FALSE(question_of(bytes));
}

TEST(Query, AZeroByteInANameIsNoEnd) {
  std::vector<std::uint8_t> bytes{0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 4, 'w', 'e', 'b', 0, 0, 0, 1, 0, 1};
  EXPECT_EQ(Query::parse(bytes)->question().name, "web\\000");
}

}  // namespace
}  // namespace gantry::dns
