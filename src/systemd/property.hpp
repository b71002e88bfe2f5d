#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace gantry::systemd {

/// A property of a unit, as systemd.directive(5) lists them, with the types that limits have.
struct Property {
  std::string name;
  std::variant<bool, std::uint64_t, std::string, std::vector<std::uint8_t>> value;

  bool operator==(const Property&) const = default;
};

/// From "NAME=TYPE:VALUE", where TYPE is D-Bus's: b (true, false), t (a number), s (text), ay (bytes in hexadecimal).
Result<Property> parse_property(std::string_view word);
Result<std::vector<Property>> parse_properties(const std::vector<std::string>& words);

}  // namespace gantry::systemd
