#include "base/text.hpp"

#include <charconv>

namespace gantry {

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    auto [before, after, found] = cut(text, separator);
    parts.emplace_back(before);
    if (!found) return parts;
    text = after;
  }
}

namespace {

Halves cut_at(std::string_view text, std::size_t position) {
  if (position == std::string_view::npos) return {text, {}, false};
  return {text.substr(0, position), text.substr(position + 1), true};
}

}  // namespace

Halves cut(std::string_view text, char separator) { return cut_at(text, text.find(separator)); }
Halves cut_last(std::string_view text, char separator) { return cut_at(text, text.rfind(separator)); }

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (const auto& part : parts) {
    if (&part != &parts.front()) text += separator;
    text += part;
  }
  return text;
}

std::string to_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

namespace {

template <class Number>
Result<Number> parse_number(std::string_view text) {
  Number number{};
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem == std::errc::result_out_of_range) return fail(Code::invalid, "'{}' is too large a number", text);
  if (problem != std::errc() || end != text.data() + text.size())
    return fail(Code::invalid, "'{}' is not a number", text);
  return number;
}

}  // namespace

Result<std::uint64_t> parse_unsigned(std::string_view text) { return parse_number<std::uint64_t>(text); }
Result<std::int64_t> parse_signed(std::string_view text) { return parse_number<std::int64_t>(text); }

Result<std::uint64_t> parse_size(std::string_view text) {
  auto digits = text.find_first_not_of("0123456789.");
  std::string_view number = text.substr(0, digits);
  std::string unit = digits == std::string_view::npos ? "" : to_lower(text.substr(digits));
  constexpr std::string_view kUnits = "bkmgtp";
  auto bad = [&] { return fail(Code::invalid, "'{}' is not a size; write it as 512m or 2g", text); };
  unsigned shift = 0;
  if (!unit.empty()) {
    auto power = kUnits.find(unit[0]);
    std::string_view rest = std::string_view(unit).substr(1);
    if (power == std::string_view::npos || (rest != "" && rest != "b" && rest != "ib")) return bad();
    shift = static_cast<unsigned>(power) * 10;
  }
  auto [whole, fraction, has_fraction] = cut(number, '.');
  auto units = parse_unsigned(whole);
  if (!units || *units > (~std::uint64_t{0} >> shift)) return bad();
  std::uint64_t bytes = *units << shift;
  if (has_fraction) {
    if (fraction.empty() || fraction.size() > 6) return bad();
    auto part = parse_unsigned(fraction);
    if (!part) return bad();
    double scale = 1;
    for (std::size_t i = 0; i < fraction.size(); ++i) scale *= 10;
    bytes += static_cast<std::uint64_t>(static_cast<double>(*part) / scale * static_cast<double>(1ull << shift));
  }
  return bytes;
}

std::string human_size(std::uint64_t bytes) {
  static constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB", "PB"};
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1000 && unit + 1 < std::size(kUnits)) {
    value /= 1000;
    ++unit;
  }
  return fmt::format("{:.{}g}{}", value, value >= 999.5 ? 4 : 3, kUnits[unit]);
}

std::string shell_quote(std::string_view text) {
  std::string quoted = "'";
  for (char c : text) {
    if (c == '\'') quoted += "'\\''";
    else quoted += c;
  }
  return quoted + "'";
}

}  // namespace gantry
