#include "systemd/property.hpp"

#include "base/text.hpp"

#include <charconv>

namespace gantry::systemd {

namespace {

Error not_a_property(std::string_view word) {
  return fail(Code::invalid, "'{}' is not a property of the form NAME=TYPE:VALUE", word);
}

Result<std::vector<std::uint8_t>> parse_bytes(std::string_view digits) {
  std::vector<std::uint8_t> bytes;
  for (; digits.size() >= 2; digits.remove_prefix(2)) {
    std::string_view pair = digits.substr(0, 2);
    std::uint8_t byte = 0;
    auto [end, problem] = std::from_chars(pair.data(), pair.data() + pair.size(), byte, 16);
    if (problem != std::errc() || end != pair.data() + pair.size()) break;
    bytes.push_back(byte);
  }
  if (!digits.empty()) return fail(Code::invalid, "'{}' is not hexadecimal", digits);
  return bytes;
}

}  // namespace

Result<Property> parse_property(std::string_view word) {
  auto [name, typed, has_value] = cut(word, '=');
  auto [type, value, has_type] = cut(typed, ':');
  if (name.empty() || !has_value || !has_type) return not_a_property(word);
  Property property{.name = std::string(name)};
  if (type == "b" && (value == "true" || value == "false")) property.value = value == "true";
  else if (type == "t") property.value = TRY(with_context(parse_unsigned(value), "{}", name));
  else if (type == "s") property.value = std::string(value);
  else if (type == "ay") property.value = TRY(with_context(parse_bytes(value), "{}", name));
  else return not_a_property(word);
  return property;
}

Result<std::vector<Property>> parse_properties(const std::vector<std::string>& words) {
  std::vector<Property> properties;
  properties.reserve(words.size());
  for (const auto& word : words) properties.push_back(TRY(parse_property(word)));
  return properties;
}

}  // namespace gantry::systemd
