#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace gantry::dockerfile {

/// The first code point of a text that is not empty, in UTF-8; a byte that begins none stands for itself.
inline std::string_view first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  std::size_t size = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  size = std::min(size, text.size());
  for (std::size_t i = 1; i < size; ++i) {
    if ((text[i] & 0xC0) != 0x80) return text.substr(0, 1);
  }
  return text.substr(0, size);
}

}  // namespace gantry::dockerfile
