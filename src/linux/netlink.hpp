#pragma once

#include "base/fd.hpp"

#include <linux/netlink.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

// netlink(7), whatever its family: messages are built one after another, sent in one system call, and answered before
// that returns.

namespace gantry::linux {

/// Attributes in the kernel's form, some of which hold attributes themselves.
class NetlinkAttributes {
 public:
  NetlinkAttributes& add(std::uint16_t type, std::string_view bytes = {});
  /// In the machine's byte order.
  template <class T>
  requires std::is_trivially_copyable_v<T> &&
      (!std::is_convertible_v<T, std::string_view>)NetlinkAttributes& value(std::uint16_t type, const T& value) {
    return add(type, {reinterpret_cast<const char*>(&value), sizeof value});
  }
  /// In the network's byte order, as nf_tables has its numbers.
  NetlinkAttributes& number(std::uint16_t type, std::uint32_t value);
  NetlinkAttributes& long_number(std::uint16_t type, std::uint64_t value);
  /// With the NUL that the kernel wants.
  NetlinkAttributes& text(std::uint16_t type, std::string_view text);
  NetlinkAttributes& nest(std::uint16_t type, const NetlinkAttributes& inside);

  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

/// Calls `visit` with type (without its flags) and content of each attribute in `bytes`; stops at one that is cut off.
void for_each_attribute(std::string_view bytes,
                        const std::function<void(std::uint16_t type, std::string_view content)>& visit);
/// A number as it is in an attribute; 0 when the attribute is too short.
template <class T>
T attribute_value(std::string_view content) {
  T value{};
  if (content.size() >= sizeof value) content.copy(reinterpret_cast<char*>(&value), sizeof value);
  return value;
}
/// A text up to its NUL.
std::string attribute_text(std::string_view content);

/// Messages that are sent together.
class NetlinkMessages {
 public:
  /// `body` is the family's own header; `doing` is what an error of this message begins with.
  template <class Body>
  void add(std::uint16_t type, std::uint16_t flags, const Body& body, const NetlinkAttributes& attributes,
           std::string doing) {
    last_ = append(type, flags, {reinterpret_cast<const char*>(&body), sizeof body}, attributes.bytes());
    doing_.push_back(std::move(doing));
  }
  /// Ends a transaction of nf_tables; the first message has begun it. The kernel may leave this one without an answer.
  template <class Body>
  void end_transaction(std::uint16_t type, const Body& body) {
    append(type, 0, {reinterpret_cast<const char*>(&body), sizeof body}, {});
    is_transaction_ = true;
  }
  bool empty() const { return doing_.empty(); }
  std::size_t size() const { return doing_.size(); }

 private:
  friend class NetlinkSocket;
  /// Where the message begins.
  std::size_t append(std::uint16_t type, std::uint16_t flags, std::string_view body, std::string_view attributes);

  std::string bytes_;
  std::size_t last_ = 0;  ///< where the message begins whose answer is the end
  bool is_transaction_ = false;
  std::vector<std::string> doing_;  ///< of message n, whose sequence number is n + 1
};

/// A socket of one netlink family; it stays in the network namespace in which it was made.
class NetlinkSocket {
 public:
  /// `family` is NETLINK_ROUTE, NETLINK_NETFILTER, …
  static Result<NetlinkSocket> open(int family);
  /// In the network namespace `space`; the caller's thread is back in its own when this returns.
  static Result<NetlinkSocket> open_in(const Fd& space, int family);

  using Visit = std::function<void(const nlmsghdr& message)>;
  /// Sends all messages and waits for the end of the last one's answer; what comes that is no acknowledgement goes to
  /// `visit`. The first failure is the error, with its errno and the kernel's own words; rtnetlink carries out the
  /// messages behind it all the same, nf_tables takes all of them back.
  Result<> talk(NetlinkMessages messages, const Visit& visit = {}) const;

 private:
  explicit NetlinkSocket(Fd socket) : socket_(std::move(socket)) {}
  Result<> send(const NetlinkMessages& messages) const;
  Result<ssize_t> receive(std::vector<char>& buffer, const std::string& doing) const;
  void drain(std::vector<char>& buffer) const;

  Fd socket_;
};

/// Does `work` in another network namespace, and returns to the own one.
Result<> in_network_namespace(const Fd& space, const std::function<Result<>()>& work);

}  // namespace gantry::linux
