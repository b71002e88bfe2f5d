#include "net/range.hpp"

namespace gantry::net {

namespace {

/// Set where hosts differ.
Number host_mask(const linux::IpNetwork& network) {
  const unsigned free_bits = network.address.bits() - network.length;
  return free_bits >= 128 ? ~Number{0} : (Number{1} << free_bits) - 1;
}

}  // namespace

Number number_of(const linux::IpAddress& address) {
  Number number = 0;
  for (unsigned i = 0; i < address.bits() / 8; ++i) number = number << 8 | address.bytes[i];
  return number;
}

linux::IpAddress address_of(Number number, bool v6) {
  linux::IpAddress address{.v6 = v6};
  for (unsigned i = address.bits() / 8; i-- > 0; number >>= 8) address.bytes[i] = static_cast<std::uint8_t>(number);
  return address;
}

linux::IpNetwork masked(const linux::IpNetwork& network) {
  return {address_of(number_of(network.address) & ~host_mask(network), network.address.v6), network.length};
}

Range whole_range(const linux::IpNetwork& network) {
  const Number first = number_of(network.address) & ~host_mask(network);
  return {first, first | host_mask(network)};
}

std::optional<Range> host_range(const linux::IpNetwork& network) {
  const unsigned free_bits = network.address.bits() - network.length;
  if (free_bits < 2) return {};
  Range range = whole_range(network);
  ++range.first;
  if (!network.address.v6) --range.last;
  return range;
}

}  // namespace gantry::net
