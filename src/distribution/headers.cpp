#include "distribution/headers.hpp"

#include "base/text.hpp"

namespace gantry::distribution {

std::string_view next_link(std::string_view header) {
  while (!header.empty()) {
    auto [before, rest, has_start] = cut(header, '<');
    auto [target, after, has_end] = cut(rest, '>');
    if (!has_start || !has_end) return {};
    // Up to the next target: a comma may be part of this one's parameters.
    auto [parameters, next, has_next] = cut(after, '<');
    if (parameters.find("next") != std::string_view::npos) return trim(target);
    header = has_next ? after.substr(parameters.size()) : std::string_view();
  }
  return {};
}

std::optional<std::uint64_t> range_start(std::string_view content_range) {
  auto [unit, range, found] = cut(trim(content_range), ' ');
  auto [first, rest, has_end] = cut(trim(range), '-');
  if (unit != "bytes" || !has_end) return {};
  auto start = parse_unsigned(first);
  return start ? std::optional(*start) : std::nullopt;
}

std::uint64_t bytes_received(std::string_view range) {
  auto last = parse_unsigned(trim(cut(range, '-').after));
  // Of nothing there is no range: registries leave the header out, or say 0-0 as for one byte.
  return last && *last > 0 && *last < UINT64_MAX ? *last + 1 : 0;
}

}  // namespace gantry::distribution
