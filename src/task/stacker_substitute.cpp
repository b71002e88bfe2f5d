#include "task/stacker_substitute.hpp"

#include "base/text.hpp"
#include "dockerfile/position.hpp"
#include "dockerfile/show.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gantry::task {

namespace {

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string_view name_at(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && is_name_character(text[end])) ++end;
  return text.substr(0, end);
}

/// What `$…` at the beginning of a text stands for, and how long it is; 0: it is text of the shell.
struct Place {
  std::string value;
  std::size_t size = 0;
};

class Substitution {
 public:
  Substitution(std::string_view text, std::string_view file, const std::map<std::string, std::string>& values)
      : text_(text), file_(file), values_(values) {}

  Result<std::string> run() const {
    std::string made;
    for (std::size_t at = 0; at < text_.size();) {
      const auto place = text_[at] == '$' ? TRY(read(at)) : Place{};
      made += place.size == 0 ? std::string_view(text_.substr(at, 1)) : std::string_view(place.value);
      at += std::max<std::size_t>(place.size, 1);
    }
    return made;
  }

 private:
  Result<Place> read(std::size_t at) const {
    const auto rest = text_.substr(at);
    if (rest.starts_with("${{")) return read_braces(at);
    const bool has_brace = rest.starts_with("${");
    const auto name = name_at(rest.substr(has_brace ? 2 : 1));
    const auto value = values_.find(std::string(name));
    if (value == values_.end()) return Place{};
    const auto end = name.size() + (has_brace ? 2 : 1);
    if (!has_brace) return Place{value->second, end};
    if (end >= rest.size() || rest[end] != '}') return Place{};
    return Place{value->second, end + 1};
  }

  Result<Place> read_braces(std::size_t at) const {
    const auto rest = text_.substr(at);
    const auto end = rest.find("}}");
    const auto inside = rest.substr(3, end == rest.npos ? 0 : end - 3);
    const auto [name, otherwise, has_default] = cut(inside, ':');
    if (end == rest.npos || name.empty() || name_at(name) != name) {
      return error(at, "'${{' has no name and no end", "write ${{NAME}} or ${{NAME:default}}");
    }
    const auto value = values_.find(std::string(name));
    if (value != values_.end()) return Place{value->second, end + 2};
    if (has_default) return Place{std::string(otherwise), end + 2};
    return error(
        at, fmt::format("{} has no value", dockerfile::quoted(name)),
        fmt::format("give it by --build-arg {0}=VALUE, or write ${{{{{0}:default}}}}", dockerfile::printable(name)));
  }

  Error error(std::size_t at, std::string_view what, std::string_view cure) const {
    const auto before = text_.substr(0, at);
    const auto line = static_cast<int>(std::ranges::count(before, '\n')) + 1;
    const auto column = static_cast<int>(at - (before.rfind('\n') + 1)) + 1;  // npos + 1 is 0
    return dockerfile::error_at(file_, text_, {line, column, 1}, what, cure);
  }

  std::string_view text_;
  std::string_view file_;
  const std::map<std::string, std::string>& values_;
};

}  // namespace

Result<std::string> substitute_stacker(std::string_view text, std::string_view file,
                                       const std::map<std::string, std::string>& substitutions) {
  return Substitution(text, file, substitutions).run();
}

}  // namespace gantry::task
