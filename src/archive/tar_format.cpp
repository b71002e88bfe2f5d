#include "archive/tar_format.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <limits>

namespace gantry::archive {

std::string_view field_text(std::span<const char> field) {
  return {field.data(), static_cast<std::size_t>(std::ranges::find(field, '\0') - field.begin())};
}

namespace {

/// Two's complement, big endian; the top bit only marks the form.
Result<std::int64_t> base256(std::span<const char> field) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(field[i]); };
  bool negative = (byte(0) & 0x40) != 0;
  std::uint64_t number = negative ? ~std::uint64_t{0} : 0;
  std::uint64_t sign_byte = negative ? 0xff : 0;
  for (std::size_t i = 0; i < field.size(); ++i) {
    std::uint64_t value = i == 0 ? ((byte(0) & 0x7f) | (negative ? 0x80 : 0)) : byte(i);
    if (number >> 56 != sign_byte) return fail(Code::corrupt, "a number does not fit into 64 bits");
    number = number << 8 | value;
  }
  if ((number >> 63 != 0) != negative) return fail(Code::corrupt, "a number does not fit into 64 bits");
  return static_cast<std::int64_t>(number);
}

}  // namespace

Result<std::int64_t> field_number(std::span<const char> field) {
  if (!field.empty() && (static_cast<unsigned char>(field[0]) & 0x80) != 0) return base256(field);
  std::string_view text = field_text(field);
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  std::int64_t number = 0;  // 12 figures are 36 bits: no overflow
  while (!text.empty() && text[0] >= '0' && text[0] <= '7') {
    number = number * 8 + (text[0] - '0');
    text.remove_prefix(1);
  }
  if (text.find_first_not_of(' ') != std::string_view::npos) return fail(Code::corrupt, "a number is not octal");
  return number;
}

Result<std::uint64_t> field_unsigned(std::span<const char> field) {
  std::int64_t number = TRY(field_number(field));
  if (number < 0) return fail(Code::corrupt, "a number is negative");
  return static_cast<std::uint64_t>(number);
}

namespace {

struct Sums {
  std::int64_t plain = 0;
  std::int64_t with_sign = 0;
};

Sums sums_of(const TarHeader& header) {
  const char* bytes = reinterpret_cast<const char*>(&header);
  constexpr std::size_t kStart = offsetof(TarHeader, checksum);
  Sums sums;
  for (std::size_t i = 0; i < kBlock; ++i) {
    char c = i >= kStart && i < kStart + sizeof header.checksum ? ' ' : bytes[i];
    sums.plain += static_cast<unsigned char>(c);
    sums.with_sign += static_cast<signed char>(c);
  }
  return sums;
}

}  // namespace

bool checksum_matches(const TarHeader& header) {
  auto named = field_number(header.checksum);
  if (!named) return false;
  Sums sums = sums_of(header);
  return *named == sums.plain || *named == sums.with_sign;
}

bool put_octal(std::span<char> field, std::uint64_t number) {
  for (std::size_t i = field.size() - 1; i-- > 0; number >>= 3) field[i] = static_cast<char>('0' + (number & 7));
  field.back() = '\0';
  return number == 0;
}

void put_checksum(TarHeader& header) {
  // Six figures, NUL and a blank, as every tar writes it.
  put_octal(std::span(header.checksum).first(7), static_cast<std::uint64_t>(sums_of(header).plain));
  header.checksum[7] = ' ';
}

}  // namespace gantry::archive
