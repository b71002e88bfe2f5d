#include "registry/range.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace gantry::registry {

RangeAnswer parse_range(std::string_view field, std::uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (!field.starts_with(kUnit)) return {};
  const auto [first_text, last_text, found] = cut(trim(field.substr(kUnit.size())), '-');
  if (!found) return {};
  const auto last = parse_unsigned(last_text);
  if (!last && !last_text.empty()) return {};
  if (first_text.empty()) {  // the last bytes
    if (!last) return {};
    if (*last == 0 || size == 0) return {.kind = RangeKind::unsatisfiable};
    const std::uint64_t wanted = std::min(*last, size);
    return {RangeKind::part, {size - wanted, wanted}};
  }
  const auto first = parse_unsigned(first_text);
  if (!first || (last && *last < *first)) return {};
  if (*first >= size) return {.kind = RangeKind::unsatisfiable};
  const std::uint64_t end = last ? std::min(*last, size - 1) : size - 1;
  return {RangeKind::part, {*first, end - *first + 1}};
}

std::optional<ByteRange> parse_content_range(std::string_view field) {
  if (field.starts_with("bytes ") || field.starts_with("bytes=")) field.remove_prefix(6);
  const auto [range, total, has_total] = cut(field, '/');
  const auto [first_text, last_text, found] = cut(trim(range), '-');
  const auto first = parse_unsigned(first_text), last = parse_unsigned(last_text);
  if (!found || !first || !last || *last < *first || *last - *first == UINT64_MAX) return std::nullopt;
  return ByteRange{*first, *last - *first + 1};
}

}  // namespace gantry::registry
