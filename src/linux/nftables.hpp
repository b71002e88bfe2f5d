#pragma once

#include "linux/netlink.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Tables of nf_tables, by its netlink protocol: Debian has no archive of libnftables, and what is needed of it is the
// numbers in linux/netfilter/nf_tables.h. Everything is in family `inet`.

namespace gantry::linux {

/// What an element of a set is made of, by the numbers that nft(8) knows the types by (its datatype.h).
enum class NftType : std::uint32_t { ipv4_addr = 7, ipv6_addr = 8, inet_proto = 12, inet_service = 13, ifname = 41 };

/// A set or, with `data`, a map.
struct NftSet {
  std::string name;
  std::vector<NftType> key;
  std::vector<NftType> data = {};
  bool intervals = false;  ///< of a key of one part: elements are ranges
};

/// The bytes of a set's element or of what it maps to, part by part; each part fills whole registers of 4 bytes.
class NftKey {
 public:
  NftKey& bytes(std::string_view value);
  NftKey& interface(std::string_view name);
  NftKey& protocol(std::uint8_t number);
  NftKey& port(std::uint16_t number);
  std::string_view text() const { return text_; }

 private:
  std::string text_;
};

/// Where a rule's expressions keep values: one of 16 registers of 4 bytes.
struct NftRegister {
  unsigned index = 0;
};

/// A rule: expressions that are evaluated from left to right until one does not match.
class NftRule {
 public:
  // Values into registers.
  NftRule& load_meta(std::uint32_t key, NftRegister to = {});
  NftRule& load_conntrack(std::uint32_t key, NftRegister to = {});
  /// `base` is NFT_PAYLOAD_*, offset and length in bytes.
  NftRule& load_payload(std::uint32_t base, std::uint32_t offset, std::uint32_t length, NftRegister to = {});
  /// NFTA_FIB_RESULT with NFTA_FIB_FLAGS.
  NftRule& load_route(std::uint32_t result, std::uint32_t flags, NftRegister to = {});

  // Registers into what goes with the packet.
  NftRule& set_meta(std::uint32_t key, NftRegister from = {});
  NftRule& set_conntrack(std::uint32_t key, NftRegister from = {});

  // Conditions on registers.
  NftRule& equals(std::string_view bytes, NftRegister from = {});
  NftRule& differs(std::string_view bytes, NftRegister from = {});
  /// Of a number of 4 bytes: whether one of the bits is set.
  NftRule& any_bit(std::uint32_t bits, NftRegister from = {});
  /// Of an address: whether its first bits are those of `bytes`.
  NftRule& masked_equals(std::string_view mask, std::string_view bytes, NftRegister from = {});
  NftRule& in_set(const std::string& set, NftRegister from = {});
  NftRule& not_in_set(const std::string& set, NftRegister from = {});
  /// What the map has for the key goes to `to`; no match without it.
  NftRule& map(const std::string& set, NftRegister from, NftRegister to);

  // Ends.
  NftRule& accept();
  NftRule& drop();
  NftRule& jump(const std::string& chain);
  NftRule& masquerade();
  /// To an address in register 0 and a port in `port`; `family` is NFPROTO_IPV4 or NFPROTO_IPV6.
  NftRule& destination(std::uint32_t family, NftRegister port);

  const NetlinkAttributes& expressions() const { return expressions_; }

 private:
  NftRule& add(std::string_view kind, const NetlinkAttributes& data);
  NftRule& compare(std::uint32_t operation, std::string_view bytes, NftRegister from);
  NftRule& look_up(const std::string& set, NftRegister from, std::uint32_t flags);
  NftRule& verdict(std::uint32_t code, std::string_view chain = {});
  NetlinkAttributes expressions_;
};

/// Where packets pass a chain that nobody jumps to.
struct NftHook {
  std::uint32_t number;  ///< NF_INET_*
  std::int32_t priority;
  const char* type = "filter";  ///< "filter" or "nat"
};

/// One transaction on one table: all of it happens, or none.
class NftTransaction {
 public:
  explicit NftTransaction(std::string table);

  /// Fine when it is there.
  void add_table();
  void remove_table();
  void add_set(const NftSet& set);
  void add_chain(const std::string& name);
  void add_chain(const std::string& name, const NftHook& hook);
  void add_rule(const std::string& chain, const NftRule& rule);
  /// Fine when it is there with the same `data`; EBUSY or EEXIST when it has another.
  void add_element(const std::string& set, const NftKey& key, const NftKey& data = {});
  /// Of a set of intervals: from `first` to the one before `end`; an empty `end` is the end of all.
  void add_interval(const std::string& set, const NftKey& first, const NftKey& end);
  /// ENOENT when there is none.
  void remove_element(const std::string& set, const NftKey& key);
  void remove_interval(const std::string& set, const NftKey& first, const NftKey& end);

  bool empty() const { return changes_ == 0; }
  /// ENOENT in the error when the table, or something of it, is not there.
  Result<> commit(const NetlinkSocket& socket) &&;

 private:
  void add(std::uint16_t type, std::uint16_t flags, const NetlinkAttributes& attributes, std::string doing);
  void change_elements(bool remove, const std::string& set, const NetlinkAttributes& elements);

  std::string table_;
  NetlinkMessages messages_;
  unsigned changes_ = 0;
  std::uint32_t sets_ = 0;
};

/// Calls `visit` with key and data of every element; Code::not_found without that table or set.
Result<> for_each_element(const NetlinkSocket& socket, const std::string& table, const std::string& set,
                          const std::function<void(std::string_view key, std::string_view data)>& visit);

}  // namespace gantry::linux
