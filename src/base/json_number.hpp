#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

// Integers and enums of any width behind a pointer.

namespace gantry::json {

template <class Number>
Number load(const void* object) {
  Number number;
  std::memcpy(&number, object, sizeof number);
  return number;
}

inline std::int64_t load_signed(const void* object, std::size_t size) {
  switch (size) {
    case 1:
      return load<std::int8_t>(object);
    case 2:
      return load<std::int16_t>(object);
    case 4:
      return load<std::int32_t>(object);
    default:
      return load<std::int64_t>(object);
  }
}

inline std::uint64_t load_unsigned(const void* object, std::size_t size) {
  return static_cast<std::uint64_t>(load_signed(object, size)) & (~std::uint64_t{0} >> (64 - 8 * size));
}

template <class Number>
void store(void* object, std::uint64_t bits) {
  const Number number = static_cast<Number>(bits);
  std::memcpy(object, &number, sizeof number);
}

/// The low `size` bytes of `bits`, in two's complement.
inline void store_integer(void* object, std::size_t size, std::uint64_t bits) {
  switch (size) {
    case 1:
      return store<std::uint8_t>(object, bits);
    case 2:
      return store<std::uint16_t>(object, bits);
    case 4:
      return store<std::uint32_t>(object, bits);
    default:
      return store<std::uint64_t>(object, bits);
  }
}

}  // namespace gantry::json
