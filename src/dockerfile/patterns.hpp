#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::dockerfile {

/// A pattern over a path: `*` and `?` are text and a character without slashes, `[a-z]` and `[^a-z]` one of a set,
/// `\c` a plain c. In a pattern over a whole path, `**` is any number of folders, or all that follows.
/// Matching takes time linear in the path and in the pattern, whatever they are.
class PathPattern {
 public:
  /// Go's filepath.Match, as COPY has it for each part of a source: `**` is nothing special.
  /// Code::invalid for `[a` and for `\` at the end.
  static Result<PathPattern> for_part(std::string_view text);
  /// A line of an ignore file: cleaned as filepath.Clean does, slashes at its ends are dropped.
  static Result<PathPattern> for_path(std::string_view text);

  /// The whole path, without a slash at its ends.
  bool matches(std::string_view path) const;
  /// The path or a folder that it is in.
  bool matches_or_contains(std::string_view path) const;
  /// Whether something below the folder could match.
  bool may_match_below(std::string_view folder) const;
  /// As it was cleaned.
  const std::string& text() const { return text_; }

 private:
  struct Token {
    enum class Kind { character, any_character, any_text, set, maybe_folders, folders, rest };
    Kind kind = Kind::character;
    std::string_view::size_type begin = 0;  ///< of a character: in `text_`
    std::string_view::size_type size = 0;
    bool is_negated = false;  ///< of a set
    std::vector<std::pair<std::string, std::string>> ranges =
        {};  ///< first and last, in UTF-8, whose order is that of code points
  };
  class Run;
  Result<> compile(bool has_folders);
  Result<std::size_t> compile_set(std::size_t at);

  std::string text_;
  std::vector<Token> tokens_;
};

/// Whether COPY takes the word for a pattern: it has one of `*?[`.
bool has_wildcards(std::string_view text);

/// Go's filepath.Clean: `.`, `..` and double slashes resolved by name; "." for nothing.
std::string clean_path(std::string_view path);

}  // namespace gantry::dockerfile
