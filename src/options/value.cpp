#include "options/value.hpp"

#include "base/clock.hpp"
#include "base/text.hpp"

#include <charconv>
#include <cmath>

namespace gantry::options {

Result<bool> read_flag(std::string_view word) {
  for (std::string_view yes : {"true", "1", "t", "T", "TRUE", "True"})
    if (word == yes) return true;
  for (std::string_view no : {"false", "0", "f", "F", "FALSE", "False"})
    if (word == no) return false;
  return fail(Code::invalid, "'{}' is neither true nor false", word);
}

Result<std::string> read_text(std::string_view word) { return std::string(word); }

Result<std::uint64_t> read_size(std::string_view word) { return parse_size(word); }

Result<std::int64_t> read_duration(std::string_view word) {
  constexpr std::uint64_t kMost = INT64_MAX / kSecond;
  auto seconds = parse_unsigned(word);
  if (!seconds) return parse_duration(word);
  if (*seconds > kMost) return fail(Code::invalid, "'{}' is too long a time", word);
  return static_cast<std::int64_t>(*seconds) * kSecond;
}

Result<std::int64_t> read_integer(std::string_view word) { return parse_signed(word); }

Result<double> read_decimal(std::string_view word) {
  double number = 0;
  auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (problem != std::errc() || end != word.data() + word.size() || !std::isfinite(number))
    return fail(Code::invalid, "'{}' is not a number", word);
  return number;
}

}  // namespace gantry::options
