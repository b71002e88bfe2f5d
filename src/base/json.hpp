#pragma once

#include "base/json_options.hpp"
#include "base/json_type.hpp"
#include "base/result.hpp"

#include <string>
#include <string_view>

// JSON text to and from described structs, without a tree in between. Understood are bool, integers, double,
// std::string, std::optional, std::vector, std::map<std::string, T>, json::Raw, described enums and structs (see
// json::Options), and types with a static `parse(std::string_view) -> Result<T>` and `text() -> std::string`, which
// are strings in JSON.
//
// An error is one sentence with the member's path: `config.json: /linux/namespaces/2/type: 'foo' is not one of pid, …`.
// Refused are unknown names of enums, numbers out of range or with a fraction where an integer belongs, missing
// required members, the same member twice, NUL in a string (it would end early where C reads it), invalid UTF-8,
// more than 64 levels, and anything after the document. A member that is null is absent; unknown members are ignored
// unless the struct has a json::Unknown.

namespace gantry::json {

namespace detail {
Result<> decode(const Type& type, void* object, std::string_view text, std::string_view name);
std::string encode(const Type& type, const void* object, bool pretty);
}  // namespace detail

/// `name` is the document's name in errors. Errors are Code::invalid.
template <class T>
Result<T> decode(std::string_view text, std::string_view name) {
  T value{};
  TRY(detail::decode(kType<T>, &value, text, name));
  return value;
}

/// Compact, members in the order of their description. Bytes that are not UTF-8 become U+FFFD.
template <class T>
std::string encode(const T& value) {
  return detail::encode(kType<T>, &value, false);
}

/// Indented by two blanks, with a newline at the end.
template <class T>
std::string encode_pretty(const T& value) {
  return detail::encode(kType<T>, &value, true);
}

}  // namespace gantry::json
