#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gantry::dockerfile {

/// Go's filepath.Match for one part of a path: `*`, `?`, `[a-z]`, `[^a]`, `\c`; nothing of it matches a slash.
/// A pattern that is none (`[a`) matches nothing: check it with is_pattern_valid.
bool matches_part(std::string_view pattern, std::string_view part);
bool is_pattern_valid(std::string_view pattern);
/// Whether COPY takes the word for a pattern: it has one of `*?[`.
bool has_wildcards(std::string_view text);

/// A pattern over a whole path, in parts; `**` stands for any number of them, none included.
class PathPattern {
 public:
  /// Slashes around it, `.` and `..` are resolved first. Code::invalid for "[a".
  static Result<PathPattern> compile(std::string_view text);

  /// The whole path.
  bool matches(std::string_view path) const;
  /// The path or a folder that it is in.
  bool matches_or_contains(std::string_view path) const;
  /// Whether something below the folder could match.
  bool may_match_below(std::string_view folder) const;
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::vector<std::string> parts_;
};

}  // namespace gantry::dockerfile
