#include "linux/nftables.hpp"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

namespace gantry::linux {

namespace {

std::uint32_t number_of(NftRegister place) { return NFT_REG32_00 + place.index; }

NetlinkAttributes value(std::string_view bytes) {
  NetlinkAttributes data;
  data.add(NFTA_DATA_VALUE, bytes);
  return data;
}

/// What loads and sets by a key have in common.
NetlinkAttributes key_and_register(std::uint16_t key_type, std::uint32_t key, std::uint16_t register_type,
                                   NftRegister place) {
  NetlinkAttributes data;
  data.number(key_type, key).number(register_type, number_of(place));
  return data;
}

template <class T>
std::string_view bytes_of(const T& number) {
  return {reinterpret_cast<const char*>(&number), sizeof number};
}

}  // namespace

NftRule& NftRule::add(std::string_view kind, const NetlinkAttributes& data) {
  NetlinkAttributes expression;
  expression.text(NFTA_EXPR_NAME, kind).nest(NFTA_EXPR_DATA, data);
  expressions_.nest(NFTA_LIST_ELEM, expression);
  return *this;
}

NftRule& NftRule::load_meta(std::uint32_t key, NftRegister to) {
  return add("meta", key_and_register(NFTA_META_KEY, key, NFTA_META_DREG, to));
}

NftRule& NftRule::load_conntrack(std::uint32_t key, NftRegister to) {
  return add("ct", key_and_register(NFTA_CT_KEY, key, NFTA_CT_DREG, to));
}

NftRule& NftRule::set_meta(std::uint32_t key, NftRegister from) {
  return add("meta", key_and_register(NFTA_META_KEY, key, NFTA_META_SREG, from));
}

NftRule& NftRule::set_conntrack(std::uint32_t key, NftRegister from) {
  return add("ct", key_and_register(NFTA_CT_KEY, key, NFTA_CT_SREG, from));
}

NftRule& NftRule::load_payload(std::uint32_t base, std::uint32_t offset, std::uint32_t length, NftRegister to) {
  NetlinkAttributes data;
  data.number(NFTA_PAYLOAD_DREG, number_of(to)).number(NFTA_PAYLOAD_BASE, base);
  data.number(NFTA_PAYLOAD_OFFSET, offset).number(NFTA_PAYLOAD_LEN, length);
  return add("payload", data);
}

NftRule& NftRule::load_route(std::uint32_t result, std::uint32_t flags, NftRegister to) {
  NetlinkAttributes data;
  data.number(NFTA_FIB_DREG, number_of(to)).number(NFTA_FIB_RESULT, result).number(NFTA_FIB_FLAGS, flags);
  return add("fib", data);
}

NftRule& NftRule::compare(std::uint32_t operation, std::string_view bytes, NftRegister from) {
  NetlinkAttributes data;
  data.number(NFTA_CMP_SREG, number_of(from)).number(NFTA_CMP_OP, operation).nest(NFTA_CMP_DATA, value(bytes));
  return add("cmp", data);
}

NftRule& NftRule::equals(std::string_view bytes, NftRegister from) { return compare(NFT_CMP_EQ, bytes, from); }
NftRule& NftRule::differs(std::string_view bytes, NftRegister from) { return compare(NFT_CMP_NEQ, bytes, from); }

NftRule& NftRule::masked_equals(std::string_view mask, std::string_view bytes, NftRegister from) {
  NetlinkAttributes data;
  data.number(NFTA_BITWISE_SREG, number_of(from)).number(NFTA_BITWISE_DREG, number_of(from));
  data.number(NFTA_BITWISE_LEN, static_cast<std::uint32_t>(mask.size())).nest(NFTA_BITWISE_MASK, value(mask));
  data.nest(NFTA_BITWISE_XOR, value(std::string(mask.size(), '\0')));
  add("bitwise", data);
  return bytes.empty() ? differs(std::string(mask.size(), '\0'), from) : equals(bytes, from);
}

NftRule& NftRule::any_bit(std::uint32_t bits, NftRegister from) { return masked_equals(bytes_of(bits), {}, from); }

NftRule& NftRule::look_up(const std::string& set, NftRegister from, std::uint32_t flags) {
  NetlinkAttributes data;
  data.text(NFTA_LOOKUP_SET, set).number(NFTA_LOOKUP_SREG, number_of(from));
  if (flags != 0) data.number(NFTA_LOOKUP_FLAGS, flags);
  return add("lookup", data);
}

NftRule& NftRule::in_set(const std::string& set, NftRegister from) { return look_up(set, from, 0); }
NftRule& NftRule::not_in_set(const std::string& set, NftRegister from) { return look_up(set, from, NFT_LOOKUP_F_INV); }

NftRule& NftRule::map(const std::string& set, NftRegister from, NftRegister to) {
  NetlinkAttributes data;
  data.text(NFTA_LOOKUP_SET, set).number(NFTA_LOOKUP_SREG, number_of(from)).number(NFTA_LOOKUP_DREG, number_of(to));
  return add("lookup", data);
}

NftRule& NftRule::verdict(std::uint32_t code, std::string_view chain) {
  NetlinkAttributes verdict, wrapped, data;
  verdict.number(NFTA_VERDICT_CODE, code);
  if (!chain.empty()) verdict.text(NFTA_VERDICT_CHAIN, chain);
  wrapped.nest(NFTA_DATA_VERDICT, verdict);
  data.number(NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT).nest(NFTA_IMMEDIATE_DATA, wrapped);
  return add("immediate", data);
}

NftRule& NftRule::accept() { return verdict(NF_ACCEPT); }
NftRule& NftRule::drop() { return verdict(NF_DROP); }
NftRule& NftRule::jump(const std::string& chain) { return verdict(static_cast<std::uint32_t>(NFT_JUMP), chain); }

NftRule& NftRule::masquerade() { return add("masq", {}); }

NftRule& NftRule::destination(std::uint32_t family, NftRegister port) {
  NetlinkAttributes data;
  data.number(NFTA_NAT_TYPE, NFT_NAT_DNAT).number(NFTA_NAT_FAMILY, family);
  data.number(NFTA_NAT_REG_ADDR_MIN, number_of({})).number(NFTA_NAT_REG_PROTO_MIN, number_of(port));
  return add("nat", data);
}

}  // namespace gantry::linux
