#include "dns/packet.hpp"

#include "base/text.hpp"

#include <ldns/ldns.h>

#include <algorithm>

namespace gantry::dns {

namespace {

/// Of an address that may change hands as soon as its container has ended.
constexpr std::uint32_t kTimeToLive = 5;

constexpr std::uint8_t kReplyBit = 0x80;  // in the third byte of a header

using Buffer = std::unique_ptr<ldns_buffer, decltype(&ldns_buffer_free)>;
using Name = std::unique_ptr<ldns_rdf, decltype(&ldns_rdf_deep_free)>;

std::string text_of(const ldns_rdf* name) {
  // Every byte of a name may be written as \ddd.
  const Buffer buffer(ldns_buffer_new(4 * LDNS_MAX_DOMAINLEN + 2), ldns_buffer_free);
  if (!buffer || ldns_rdf2buffer_str_dname(buffer.get(), name) != LDNS_STATUS_OK) return {};
  std::string text(reinterpret_cast<const char*>(ldns_buffer_begin(buffer.get())), ldns_buffer_position(buffer.get()));
  if (text.ends_with('.')) text.pop_back();
  return to_lower(text);
}

Question question_in(const ldns_rr* record) {
  return {text_of(ldns_rr_owner(record)), static_cast<std::uint16_t>(ldns_rr_get_type(record)),
          static_cast<std::uint16_t>(ldns_rr_get_class(record))};
}

void push(ldns_pkt* packet, const ldns_rdf* owner, ldns_rr_type type, ldns_rdf* data) {
  if (data == nullptr) return;
  ldns_rr* record = ldns_rr_new();
  ldns_rr_set_owner(record, ldns_rdf_clone(owner));
  ldns_rr_set_type(record, type);
  ldns_rr_set_class(record, LDNS_RR_CLASS_IN);
  ldns_rr_set_ttl(record, kTimeToLive);
  ldns_rr_push_rdf(record, data);
  ldns_pkt_push_rr(packet, LDNS_SECTION_ANSWER, record);
}

std::string to_wire(const ldns_pkt* packet) {
  const Buffer buffer(ldns_buffer_new(kPlainDatagram), ldns_buffer_free);
  if (!buffer || ldns_pkt2buffer_wire(buffer.get(), packet) != LDNS_STATUS_OK) return {};
  return {reinterpret_cast<const char*>(ldns_buffer_begin(buffer.get())), ldns_buffer_position(buffer.get())};
}

}  // namespace

void Query::Free::operator()(ldns_struct_pkt* packet) const { ldns_pkt_free(packet); }

std::optional<Query> Query::parse(Wire wire) {
  if (wire.size() < kHeaderSize || is_reply(wire)) return std::nullopt;
  Query query;
  query.id_ = id_of(wire);
  ldns_pkt* packet = nullptr;
  if (ldns_wire2pkt(&packet, wire.data(), wire.size()) != LDNS_STATUS_OK) {
    query.fault_ = Rcode::format_error;
    return query;
  }
  query.packet_.reset(packet);
  query.recursion_desired_ = ldns_pkt_rd(packet);
  query.edns_ = ldns_pkt_edns(packet);
  if (query.edns_) query.limit_ = std::clamp<std::size_t>(ldns_pkt_edns_udp_size(packet), kPlainDatagram, kMaxDatagram);
  if (ldns_pkt_get_opcode(packet) != LDNS_PACKET_QUERY) query.fault_ = Rcode::not_implemented;
  else if (ldns_pkt_qdcount(packet) != 1) query.fault_ = Rcode::format_error;
  else if (query.edns_ && ldns_pkt_edns_version(packet) != 0) query.fault_ = Rcode::bad_version;
  if (ldns_pkt_qdcount(packet) == 1) query.question_ = question_in(ldns_rr_list_rr(ldns_pkt_question(packet), 0));
  return query;
}

Query::Packet Query::reply(Rcode code) const {
  Packet made(ldns_pkt_new());
  ldns_pkt* packet = made.get();
  ldns_pkt_set_id(packet, id_);
  ldns_pkt_set_qr(packet, true);
  ldns_pkt_set_ra(packet, true);
  ldns_pkt_set_rd(packet, recursion_desired_);
  const auto number = static_cast<unsigned>(code);
  ldns_pkt_set_rcode(packet, static_cast<std::uint8_t>(number & 15));
  if (!packet_) return made;
  ldns_pkt_set_opcode(packet, ldns_pkt_get_opcode(packet_.get()));
  if (ldns_pkt_qdcount(packet_.get()) == 1)
    ldns_pkt_push_rr(packet, LDNS_SECTION_QUESTION,
                     ldns_rr_clone(ldns_rr_list_rr(ldns_pkt_question(packet_.get()), 0)));
  if (edns_) {
    ldns_pkt_set_edns_udp_size(packet, kMaxDatagram);
    ldns_pkt_set_edns_extended_rcode(packet, static_cast<std::uint8_t>(number >> 4));
  }
  return made;
}

std::string Query::answer(const Answer& answer, std::size_t limit) const {
  const Packet packet = reply(answer.code);
  ldns_pkt_set_aa(packet.get(), answer.authoritative);
  if (packet_ && ldns_pkt_qdcount(packet_.get()) == 1) {
    const ldns_rdf* owner = ldns_rr_owner(ldns_rr_list_rr(ldns_pkt_question(packet_.get()), 0));
    for (const linux::IpAddress& address : answer.addresses)
      push(packet.get(), owner, address.v6 ? LDNS_RR_TYPE_AAAA : LDNS_RR_TYPE_A,
           ldns_rdf_new_frm_data(address.v6 ? LDNS_RDF_TYPE_AAAA : LDNS_RDF_TYPE_A, address.bits() / 8,
                                 address.bytes.data()));
    for (const std::string& name : answer.names)
      push(packet.get(), owner, LDNS_RR_TYPE_PTR, ldns_dname_new_frm_str((name + ".").c_str()));
  }
  std::string wire = to_wire(packet.get());
  return wire.size() <= limit ? wire : truncated();
}

std::string Query::truncated() const {
  const Packet packet = reply(Rcode::no_error);
  ldns_pkt_set_tc(packet.get(), true);
  return to_wire(packet.get());
}

std::optional<Question> question_of(Wire wire) {
  if (wire.size() < kHeaderSize || ldns_read_uint16(wire.data() + 4) != 1) return std::nullopt;
  std::size_t position = kHeaderSize;
  ldns_rdf* read = nullptr;
  if (ldns_wire2dname(&read, wire.data(), wire.size(), &position) != LDNS_STATUS_OK) return std::nullopt;
  const Name name(read, ldns_rdf_deep_free);
  if (wire.size() - position < 4) return std::nullopt;
  return Question{text_of(name.get()), ldns_read_uint16(wire.data() + position),
                  ldns_read_uint16(wire.data() + position + 2)};
}

bool is_reply(Wire wire) { return (wire[2] & kReplyBit) != 0; }

std::uint16_t id_of(Wire wire) { return ldns_read_uint16(wire.data()); }

void set_id(std::span<char> message, std::uint16_t id) { ldns_write_uint16(message.data(), id); }

}  // namespace gantry::dns
