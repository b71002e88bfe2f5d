#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace gantry::options {

// Readers: how the word of an option becomes a value. A reader is any `Result<T> f(std::string_view)`.

Result<bool> read_flag(std::string_view word);  ///< true, false, 1, 0, t, f (as pflag)
Result<std::string> read_text(std::string_view word);
Result<std::uint64_t> read_size(std::string_view word);     ///< "512m", in bytes
Result<std::int64_t> read_duration(std::string_view word);  ///< "1m30s", or seconds without a unit; in nanoseconds
Result<std::int64_t> read_integer(std::string_view word);
Result<double> read_decimal(std::string_view word);  ///< finite, no sign needed

/// A whole number between two bounds, both allowed.
template <std::int64_t Least, std::int64_t Most, class T = std::int64_t>
Result<T> read_between(std::string_view word) {
  auto number = TRY(read_integer(word));
  if (number < Least || number > Most) return fail(Code::invalid, "'{}' is not between {} and {}", word, Least, Most);
  return static_cast<T>(number);
}

/// One spelling of an enumeration's value.
template <class T>
struct Choice {
  std::string_view name;
  T value;
};

/// One of the names in a constexpr array of Choice.
template <const auto& Choices>
auto read_choice(std::string_view word) -> Result<std::remove_cvref_t<decltype(Choices[0].value)>> {
  std::string names;
  for (const auto& choice : Choices) {
    if (choice.name == word) return choice.value;
    names += names.empty() ? "" : ", ";
    names += choice.name;
  }
  return fail(Code::invalid, "'{}' is not one of {}", word, names);
}

}  // namespace gantry::options
