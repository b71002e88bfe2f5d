#include "linux/ip_address.hpp"

#include "base/text.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

namespace gantry::linux {

namespace {

constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

IpAddress from_v6(const void* bytes) {
  IpAddress address{.v6 = true};
  std::memcpy(address.bytes.data(), bytes, 16);
  if (!std::equal(kMapped.begin(), kMapped.end(), address.bytes.begin())) return address;
  IpAddress v4;
  std::copy_n(address.bytes.begin() + 12, 4, v4.bytes.begin());
  return v4;
}

bool same_bits(const IpAddress& a, const IpAddress& b, unsigned count) {
  const unsigned whole = count / 8;
  if (std::memcmp(a.bytes.data(), b.bytes.data(), whole) != 0) return false;
  if (count % 8 == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xff << (8 - count % 8));
  return ((a.bytes[whole] ^ b.bytes[whole]) & mask) == 0;
}

}  // namespace

std::string IpAddress::text() const {
  char buffer[INET6_ADDRSTRLEN];
  inet_ntop(v6 ? AF_INET6 : AF_INET, bytes.data(), buffer, sizeof buffer);
  return buffer;
}

Result<IpAddress> IpAddress::parse(std::string_view text) {
  const std::string word(text);
  const bool holds_nul = text.contains('\0');
  std::uint8_t bytes[16];
  if (!holds_nul && inet_pton(AF_INET6, word.c_str(), bytes) == 1) return from_v6(bytes);
  IpAddress address;
  if (inet_pton(AF_INET, word.c_str(), address.bytes.data()) == 1 && !holds_nul) return address;
  return fail(Code::invalid, "'{}' is not an IP address", text).with_cure("as in 10.89.0.5 or fd00::5");
}

std::string IpNetwork::text() const { return fmt::format("{}/{}", address.text(), length); }

bool IpNetwork::contains(const IpAddress& other) const {
  return address.v6 == other.v6 && same_bits(address, other, length);
}

bool IpNetwork::overlaps(const IpNetwork& other) const {
  return address.v6 == other.address.v6 && same_bits(address, other.address, std::min(length, other.length));
}

Result<IpNetwork> IpNetwork::parse(std::string_view text) {
  const Halves halves = cut(text, '/');
  const IpAddress address = TRY(IpAddress::parse(halves.before));
  if (!halves.found) return IpNetwork{address, address.bits()};
  const auto length = parse_unsigned(halves.after);
  if (!length || *length > address.bits())
    return fail(Code::invalid, "'{}' is not a subnet", text).with_cure("as in 10.89.0.0/24 or fd00::/64");
  return IpNetwork{address, static_cast<unsigned>(*length)};
}

unsigned to_socket_address(const IpAddress& address, std::uint16_t port, sockaddr_storage& result) {
  result = {};
  if (!address.v6) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(result);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&v4.sin_addr, address.bytes.data(), 4);
    return sizeof v4;
  }
  auto& v6 = reinterpret_cast<sockaddr_in6&>(result);
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  std::memcpy(&v6.sin6_addr, address.bytes.data(), 16);
  return sizeof v6;
}

IpEndpoint from_socket_address(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    IpEndpoint end{.port = ntohs(v4.sin_port)};
    std::memcpy(end.address.bytes.data(), &v4.sin_addr, 4);
    return end;
  }
  if (address.ss_family != AF_INET6) return {};
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
  return {from_v6(&v6.sin6_addr), ntohs(v6.sin6_port)};
}

}  // namespace gantry::linux
