#pragma once

#include "base/json_type.hpp"

#include <string>
#include <string_view>
#include <vector>

// The JSON name of a described member or enumerator. It is spelled out when it is needed: names in tables would cost
// more than they save.

namespace gantry::json {

/// Hands the name's characters to `take` until it returns false; whether it took them all.
template <class Take>
bool spell(const char* identifier, Style style, Take take) {
  const bool joined = style == Style::standard || style == Style::pascal;
  bool capital = style == Style::pascal;
  for (const char* c = identifier; *c != 0; ++c) {
    if (*c == '_' && (joined || c[1] == 0)) {
      capital = true;
      continue;
    }
    const bool lower = *c >= 'a' && *c <= 'z';
    if (!take(lower && (capital || style == Style::upper) ? static_cast<char>(*c - 'a' + 'A') : *c)) return false;
    capital = false;
  }
  return true;
}

template <class Entry>
bool is_named(const Type& type, const Entry& entry, std::string_view name) {
  if (entry.name != nullptr) return name == entry.name;
  if (!name.starts_with(type.prefix)) return false;
  name.remove_prefix(std::char_traits<char>::length(type.prefix));
  auto take = [&](char c) {
    if (name.empty() || name.front() != c) return false;
    name.remove_prefix(1);
    return true;
  };
  return spell(entry.identifier, type.style, take) && name.empty();
}

template <class Entry>
std::string name_of(const Type& type, const Entry& entry) {
  if (entry.name != nullptr) return entry.name;
  std::string name = type.prefix;
  spell(entry.identifier, type.style, [&](char c) {
    name += c;
    return true;
  });
  return name;
}

/// The JSON name of an enum's value, as the codec writes it; empty for a value without a name.
template <class Enum>
std::string enum_name(Enum value) {
  const Type& type = kType<Enum>;
  for (const auto& enumerator : type.enumerators)
    if (enumerator.value == static_cast<std::int64_t>(value)) return name_of(type, enumerator);
  return {};
}

/// The JSON names of all values of an enum, in the order of their description.
template <class Enum>
std::vector<std::string> enum_names() {
  const Type& type = kType<Enum>;
  std::vector<std::string> names;
  for (const auto& enumerator : type.enumerators) names.push_back(name_of(type, enumerator));
  return names;
}

/// Appends a JSON string. Bytes that are not UTF-8 become U+FFFD each, as with Go's encoder.
void append_quoted(std::string& out, std::string_view text);

}  // namespace gantry::json
