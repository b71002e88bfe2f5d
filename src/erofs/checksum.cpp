#include "erofs/checksum.hpp"

#include <array>

namespace gantry::erofs {

namespace {

constexpr std::uint32_t kPolynomial = 0x82f63b78;  // reflected

constexpr std::array<std::uint32_t, 256> kTable = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    table[i] = i;
    for (int bit = 0; bit < 8; ++bit) table[i] = table[i] >> 1 ^ (table[i] & 1 ? kPolynomial : 0);
  }
  return table;
}();

}  // namespace

std::uint32_t crc32c(Bytes data) {
  std::uint32_t crc = ~0u;
  for (std::byte byte : data) crc = crc >> 8 ^ kTable[(crc ^ static_cast<std::uint32_t>(byte)) & 0xff];
  return crc;
}

}  // namespace gantry::erofs
