#pragma once

#include "base/result.hpp"
#include "dockerfile/lines.hpp"
#include "dockerfile/words.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::dockerfile {

/// What flags an instruction has.
struct FlagRule {
  enum class Kind { text, boolean, list };
  std::string_view name;
  Kind kind = Kind::text;
};

struct Flag {
  std::string_view name;
  std::string value;  ///< "true" or "false" of a boolean
  Word word;          ///< as it stands
};

/// An instruction whose keyword is known and whose arguments are not yet.
struct Statement {
  const Origin* origin = nullptr;
  const LogicalLine* line = nullptr;
  std::string keyword;         ///< as it is written
  std::string name;            ///< in upper case
  std::size_t keyword_at = 0;  ///< offset in the line's text
  std::string_view arguments;  ///< behind flags, no blanks around it
  std::size_t arguments_at = 0;
  std::vector<Flag> flags;
  std::vector<Heredoc> heredocs;

  char escape() const { return origin->escape; }
  Position at(const Word& word) const { return line->at(word.offset, word.width); }
  Position at_keyword() const { return line->at(keyword_at, keyword.size()); }
  Error error(const Word& word, std::string_view text, std::string_view cure = {}) const {
    return origin->error(at(word), text, cure);
  }
  Error error(std::string_view text, std::string_view cure = {}) const {
    return origin->error(at_keyword(), text, cure);
  }

  /// nullptr: it is not given.
  const Flag* flag(std::string_view name) const;
  std::string flag_text(std::string_view name) const;
  bool flag_is_set(std::string_view name) const;
  std::vector<const Flag*> all_flags(std::string_view name) const;
};

/// Splits a line from `from` on: keyword, then arguments with flags still in them.
Statement begin_statement(const Origin& origin, const LogicalLine& line, std::size_t from);
/// Takes the flags off the arguments: unknown ones, and one twice that is no list, are Code::invalid.
Result<> read_flags(Statement& statement, std::span<const FlagRule> rules);

}  // namespace gantry::dockerfile
