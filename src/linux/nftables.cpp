#include "linux/nftables.hpp"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

namespace gantry::linux {

namespace {

constexpr std::size_t kRegisterSize = 4;

constexpr std::uint16_t message_type(std::uint16_t type) {
  return static_cast<std::uint16_t>(NFNL_SUBSYS_NFTABLES << 8 | type);
}

nfgenmsg header(std::uint8_t family, std::uint16_t resource) { return {family, NFNETLINK_V0, htons(resource)}; }

std::uint32_t length_of(NftType type) {
  switch (type) {
    case NftType::ipv4_addr:
      return 4;
    case NftType::ipv6_addr:
    case NftType::ifname:
      return 16;
    case NftType::inet_proto:
      return 1;
    case NftType::inet_service:
      return 2;
  }
  return 0;
}

/// nft(8) has 6 bits a part, the first part highest.
std::uint32_t type_of(const std::vector<NftType>& parts) {
  std::uint32_t type = 0;
  for (NftType part : parts) type = type << 6 | static_cast<std::uint32_t>(part);
  return type;
}

std::uint32_t length_of(const std::vector<NftType>& parts) {
  if (parts.size() == 1) return length_of(parts[0]);
  std::uint32_t length = 0;
  for (NftType part : parts) length += (length_of(part) + 3) / kRegisterSize * kRegisterSize;
  return length;
}

NetlinkAttributes data_value(std::string_view bytes) {
  NetlinkAttributes value;
  value.add(NFTA_DATA_VALUE, bytes);
  return value;
}

NetlinkAttributes element(const NftKey& key, const NftKey& data = {}, std::uint32_t flags = 0) {
  NetlinkAttributes parts, item;
  parts.nest(NFTA_SET_ELEM_KEY, data_value(key.text()));
  if (!data.text().empty()) parts.nest(NFTA_SET_ELEM_DATA, data_value(data.text()));
  if (flags != 0) parts.number(NFTA_SET_ELEM_FLAGS, flags);
  item.nest(NFTA_LIST_ELEM, parts);
  return item;
}

NetlinkAttributes interval(const NftKey& first, const NftKey& end) {
  NetlinkAttributes list = element(first);
  if (end.text().empty()) return list;
  NetlinkAttributes parts;
  parts.nest(NFTA_SET_ELEM_KEY, data_value(end.text())).number(NFTA_SET_ELEM_FLAGS, NFT_SET_ELEM_INTERVAL_END);
  return list.nest(NFTA_LIST_ELEM, parts);
}

}  // namespace

NftKey& NftKey::bytes(std::string_view value) {
  text_.append(value);
  text_.resize((text_.size() + kRegisterSize - 1) / kRegisterSize * kRegisterSize);
  return *this;
}

NftKey& NftKey::interface(std::string_view name) {
  std::string padded(name);
  padded.resize(length_of(NftType::ifname));
  return bytes(padded);
}

NftKey& NftKey::protocol(std::uint8_t number) { return bytes({reinterpret_cast<const char*>(&number), 1}); }

NftKey& NftKey::port(std::uint16_t number) {
  const std::uint16_t swapped = htons(number);
  return bytes({reinterpret_cast<const char*>(&swapped), sizeof swapped});
}

NftTransaction::NftTransaction(std::string table) : table_(std::move(table)) {
  messages_.add(NFNL_MSG_BATCH_BEGIN, 0, header(AF_UNSPEC, NFNL_SUBSYS_NFTABLES), {},
                "change the rules of the firewall (nf_tables)");
}

void NftTransaction::add(std::uint16_t type, std::uint16_t flags, const NetlinkAttributes& attributes,
                         std::string doing) {
  ++changes_;
  messages_.add(message_type(type), flags, header(NFPROTO_INET, 0), attributes, std::move(doing));
}

void NftTransaction::add_table() {
  NetlinkAttributes table;
  table.text(NFTA_TABLE_NAME, table_);
  add(NFT_MSG_NEWTABLE, NLM_F_CREATE, table, fmt::format("make the firewall's table inet {}", table_));
}

void NftTransaction::remove_table() {
  NetlinkAttributes table;
  table.text(NFTA_TABLE_NAME, table_);
  add(NFT_MSG_DELTABLE, 0, table, fmt::format("remove the firewall's table inet {}", table_));
}

void NftTransaction::add_set(const NftSet& set) {
  std::uint32_t flags = 0;
  NetlinkAttributes attributes;
  attributes.text(NFTA_SET_TABLE, table_).text(NFTA_SET_NAME, set.name).number(NFTA_SET_ID, ++sets_);
  attributes.number(NFTA_SET_KEY_TYPE, type_of(set.key)).number(NFTA_SET_KEY_LEN, length_of(set.key));
  if (!set.data.empty()) {
    flags |= NFT_SET_MAP;
    attributes.number(NFTA_SET_DATA_TYPE, type_of(set.data)).number(NFTA_SET_DATA_LEN, length_of(set.data));
  }
  if (set.intervals) flags |= NFT_SET_INTERVAL;
  attributes.number(NFTA_SET_FLAGS, flags);
  // For nft(8) alone, which shows such a name from its end otherwise: NFTNL_UDATA_SET_KEYBYTEORDER, the host's.
  if (set.key == std::vector{NftType::ifname}) attributes.add(NFTA_SET_USERDATA, {"\0\4\1\0\0\0", 6});
  add(NFT_MSG_NEWSET, NLM_F_CREATE, attributes, fmt::format("make the firewall's set {}", set.name));
}

void NftTransaction::add_chain(const std::string& name) {
  NetlinkAttributes chain;
  chain.text(NFTA_CHAIN_TABLE, table_).text(NFTA_CHAIN_NAME, name);
  add(NFT_MSG_NEWCHAIN, NLM_F_CREATE, chain, fmt::format("make the firewall's chain {}", name));
}

void NftTransaction::add_chain(const std::string& name, const NftHook& hook) {
  NetlinkAttributes place, chain;
  place.number(NFTA_HOOK_HOOKNUM, hook.number).number(NFTA_HOOK_PRIORITY, static_cast<std::uint32_t>(hook.priority));
  chain.text(NFTA_CHAIN_TABLE, table_).text(NFTA_CHAIN_NAME, name).nest(NFTA_CHAIN_HOOK, place);
  chain.text(NFTA_CHAIN_TYPE, hook.type);
  add(NFT_MSG_NEWCHAIN, NLM_F_CREATE, chain, fmt::format("make the firewall's chain {}", name));
}

void NftTransaction::add_rule(const std::string& chain, const NftRule& rule) {
  NetlinkAttributes attributes;
  attributes.text(NFTA_RULE_TABLE, table_).text(NFTA_RULE_CHAIN, chain);
  attributes.nest(NFTA_RULE_EXPRESSIONS, rule.expressions());
  add(NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND, attributes,
      fmt::format("make a rule in the firewall's chain {}", chain));
}

void NftTransaction::change_elements(bool remove, const std::string& set, const NetlinkAttributes& elements) {
  NetlinkAttributes attributes;
  attributes.text(NFTA_SET_ELEM_LIST_TABLE, table_).text(NFTA_SET_ELEM_LIST_SET, set);
  attributes.nest(NFTA_SET_ELEM_LIST_ELEMENTS, elements);
  if (remove) add(NFT_MSG_DELSETELEM, 0, attributes, fmt::format("remove an element of the firewall's set {}", set));
  else add(NFT_MSG_NEWSETELEM, NLM_F_CREATE, attributes, fmt::format("add an element to the firewall's set {}", set));
}

void NftTransaction::add_element(const std::string& set, const NftKey& key, const NftKey& data) {
  change_elements(false, set, element(key, data));
}

void NftTransaction::add_interval(const std::string& set, const NftKey& first, const NftKey& end) {
  change_elements(false, set, interval(first, end));
}

void NftTransaction::remove_element(const std::string& set, const NftKey& key) {
  change_elements(true, set, element(key));
}

void NftTransaction::remove_interval(const std::string& set, const NftKey& first, const NftKey& end) {
  change_elements(true, set, interval(first, end));
}

Result<> NftTransaction::commit(const NetlinkSocket& socket) && {
  if (empty()) return {};
  messages_.end_transaction(NFNL_MSG_BATCH_END, header(AF_UNSPEC, NFNL_SUBSYS_NFTABLES));
  return socket.talk(std::move(messages_));
}

Result<> for_each_element(const NetlinkSocket& socket, const std::string& table, const std::string& set,
                          const std::function<void(std::string_view key, std::string_view data)>& visit) {
  NetlinkAttributes attributes;
  attributes.text(NFTA_SET_ELEM_LIST_TABLE, table).text(NFTA_SET_ELEM_LIST_SET, set);
  NetlinkMessages messages;
  messages.add(message_type(NFT_MSG_GETSETELEM), NLM_F_DUMP, header(NFPROTO_INET, 0), attributes,
               fmt::format("list the firewall's set {}", set));
  auto value = [](std::string_view content) {
    std::string_view bytes;
    for_each_attribute(content, [&](std::uint16_t type, std::string_view inside) {
      if (type == NFTA_DATA_VALUE) bytes = inside;
    });
    return bytes;
  };
  auto visit_element = [&](std::uint16_t, std::string_view item) {
    std::string_view key, data;
    for_each_attribute(item, [&](std::uint16_t type, std::string_view content) {
      if (type == NFTA_SET_ELEM_KEY) key = value(content);
      if (type == NFTA_SET_ELEM_DATA) data = value(content);
    });
    visit(key, data);
  };
  return socket.talk(std::move(messages), [&](const nlmsghdr& message) {
    constexpr std::size_t kStart = NLMSG_SPACE(sizeof(nfgenmsg));
    for_each_attribute({reinterpret_cast<const char*>(&message) + kStart, message.nlmsg_len - kStart},
                       [&](std::uint16_t type, std::string_view content) {
                         if (type == NFTA_SET_ELEM_LIST_ELEMENTS) for_each_attribute(content, visit_element);
                       });
  });
}

}  // namespace gantry::linux
