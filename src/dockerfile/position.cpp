#include "dockerfile/position.hpp"

#include "dockerfile/show.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gantry::dockerfile {

namespace {

constexpr std::size_t kShownBefore = 60;
constexpr std::size_t kShownAfter = 60;

std::string_view line_of(std::string_view source, int number) {
  for (int line = 1; line < number; ++line) {
    const auto end = source.find('\n');
    if (end == source.npos) return {};
    source.remove_prefix(end + 1);
  }
  auto text = source.substr(0, source.find('\n'));
  while (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

/// Columns that a terminal gives the text: code points.
std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

std::string excerpt(std::string_view source, const Position& at) {
  if (at.line <= 0) return {};
  auto line = line_of(source, at.line);
  if (line.empty()) return {};
  auto column = std::min(static_cast<std::size_t>(std::max(at.column, 1)) - 1, line.size());
  if (column > kShownBefore) {  // a long line is shown around the place
    line.remove_prefix(column - kShownBefore);
    column = kShownBefore;
  }
  line = line.substr(0, column + kShownAfter);
  const auto width =
      std::min(static_cast<std::size_t>(std::max(at.width, 1)), std::max<std::size_t>(line.size() - column, 1));
  const auto before = columns(line.substr(0, column));
  const auto under = std::max<std::size_t>(columns(line.substr(column, width)), 1);
  const auto number = std::to_string(at.line);
  return fmt::format("  {} | {}\n  {} | {}^{}", number, printable(line), std::string(number.size(), ' '),
                     std::string(before, ' '), std::string(under - 1, '~'));
}

Error error_at(std::string_view file, std::string_view source, const Position& at, std::string_view text,
               std::string_view cure) {
  auto sentence = at.line > 0 ? fmt::format("{}:{}:{}: {}", printable(file), at.line, at.column, text)
                              : fmt::format("{}: {}", printable(file), text);
  if (!cure.empty()) sentence += fmt::format(" ({})", cure);
  const auto shown = excerpt(source, at);
  if (!shown.empty()) sentence += "\n" + shown;
  return {Code::invalid, std::move(sentence)};
}

}  // namespace gantry::dockerfile
