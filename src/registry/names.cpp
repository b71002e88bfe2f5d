#include "registry/names.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace gantry::registry {

namespace {

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_separator(std::string_view text) {
  return text == "." || text == "_" || text == "__" || text.find_first_not_of('-') == std::string_view::npos;
}

bool is_component(std::string_view text) {
  if (text.empty() || !is_word(text.front()) || !is_word(text.back())) return false;
  while (!text.empty()) {
    const auto separator = std::ranges::find_if_not(text, is_word) - text.begin();
    text.remove_prefix(static_cast<std::size_t>(separator));
    const auto word = std::ranges::find_if(text, is_word) - text.begin();
    if (word > 0 && !is_separator(text.substr(0, static_cast<std::size_t>(word)))) return false;
    text.remove_prefix(static_cast<std::size_t>(word));
  }
  return true;
}

}  // namespace

bool is_repository(std::string_view name) {
  constexpr std::size_t kLongest = 255;
  if (name.empty() || name.size() > kLongest) return false;
  const auto components = split(name, '/');
  return std::ranges::all_of(components, [](const std::string& component) { return is_component(component); });
}

}  // namespace gantry::registry
