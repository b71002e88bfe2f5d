#pragma once

#include "base/result.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

struct sockaddr_storage;

namespace gantry::linux {

/// An IPv4 or IPv6 address without a port. An IPv4 address that is mapped into IPv6 becomes the IPv4 address.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};  ///< network order; of IPv4 the first four
  bool v6 = false;

  unsigned bits() const { return v6 ? 128 : 32; }
  std::string text() const;
  /// "10.89.0.5", "fd00::5"; no port, no zone. Code::invalid otherwise.
  static Result<IpAddress> parse(std::string_view text);
  auto operator<=>(const IpAddress&) const = default;
};

/// "10.89.0.0/24": an address and how many of its bits all members share.
struct IpNetwork {
  IpAddress address;  ///< as written: host bits are kept
  unsigned length = 0;

  std::string text() const;
  bool contains(const IpAddress& other) const;
  bool overlaps(const IpNetwork& other) const;
  /// Without a length it is the address alone.
  static Result<IpNetwork> parse(std::string_view text);
  bool operator==(const IpNetwork&) const = default;
};

/// For bind(2), connect(2) and the like; the length that they take.
unsigned to_socket_address(const IpAddress& address, std::uint16_t port, sockaddr_storage& result);

struct IpEndpoint {
  IpAddress address;
  std::uint16_t port = 0;
  auto operator<=>(const IpEndpoint&) const = default;
};
/// The other way round; all zero for another family.
IpEndpoint from_socket_address(const sockaddr_storage& address);

}  // namespace gantry::linux
