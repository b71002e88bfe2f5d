#pragma once

#include "linux/ip_address.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct ldns_struct_pkt;

// DNS messages (RFC 1035, 6891), read and written by ldns, which nobody else sees. A name is text in lower case without
// a dot at the end; what is neither letter, figure, '-' nor '_' in a label is escaped, so no escaped name is one of
// ours.

namespace gantry::dns {

using Wire = std::span<const std::uint8_t>;

inline constexpr std::uint16_t kTypeA = 1, kTypePtr = 12, kTypeAaaa = 28, kTypeIxfr = 251, kTypeAxfr = 252;
inline constexpr std::uint16_t kClassIn = 1;
inline constexpr std::size_t kHeaderSize = 12;
inline constexpr std::size_t kMaxMessage = 65535;
inline constexpr std::size_t kMaxDatagram = 1232;   ///< what fits every path without fragments, as of DNS flag day 2020
inline constexpr std::size_t kPlainDatagram = 512;  ///< to clients without EDNS

enum class Rcode : std::uint16_t {
  no_error = 0,
  format_error = 1,
  server_failure = 2,
  name_error = 3,  ///< NXDOMAIN
  not_implemented = 4,
  refused = 5,
  bad_version = 16,
};

struct Question {
  std::string name;
  std::uint16_t type = 0;
  std::uint16_t class_ = 0;
  bool operator==(const Question&) const = default;
};

/// What to say to a query.
struct Answer {
  Rcode code = Rcode::no_error;
  bool authoritative = false;
  std::vector<linux::IpAddress> addresses = {};  ///< all of the family that was asked for
  std::vector<std::string> names = {};           ///< for PTR
};

class Query {
 public:
  /// Nothing for what deserves no answer: not even a header, or an answer itself.
  static std::optional<Query> parse(Wire wire);

  const Question& question() const { return question_; }
  /// What is wrong with it, whatever it asks: malformed, not one question, not a plain query, EDNS of another version.
  Rcode fault() const { return fault_; }
  bool recursion_desired() const { return recursion_desired_; }
  /// Bytes that a datagram to this client may have.
  std::size_t limit() const { return limit_; }
  /// The message; one of more than `limit` bytes becomes an empty one that is marked as truncated.
  std::string answer(const Answer& answer, std::size_t limit) const;
  std::string truncated() const;

 private:
  struct Free {
    void operator()(ldns_struct_pkt* packet) const;
  };
  using Packet = std::unique_ptr<ldns_struct_pkt, Free>;
  Packet reply(Rcode code) const;

  Packet packet_;  ///< null: malformed behind its header
  std::uint16_t id_ = 0;
  Question question_;
  Rcode fault_ = Rcode::no_error;
  bool recursion_desired_ = false;
  bool edns_ = false;
  std::size_t limit_ = kPlainDatagram;
};

/// The one question of any message, without a look at what is behind it.
std::optional<Question> question_of(Wire wire);
bool is_reply(Wire wire);
std::uint16_t id_of(Wire wire);
void set_id(std::span<char> message, std::uint16_t id);

}  // namespace gantry::dns
