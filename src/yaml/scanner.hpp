#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace gantry::yaml {

/// A text and a place in it.
class Scanner {
 public:
  Scanner(std::string_view text, std::string_view name) : text_(text), name_(name) {}

  std::string_view text() const { return text_; }
  std::size_t at() const { return at_; }
  bool is_end() const { return at_ >= text_.size(); }
  /// The character here, or that many further on; a NUL at the end.
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  void advance(std::size_t count = 1) { at_ += count; }
  void move_to(std::size_t at) { at_ = at; }

  /// Characters since the start of the line.
  std::size_t column() const;
  int line() const;
  /// A blank, a line's end or the text's.
  bool is_blank(std::size_t ahead = 0) const;
  bool is_line_end() const { return is_end() || peek() == '\n' || (peek() == '\r' && peek(1) == '\n'); }
  /// "---" or "..." at the start of a line.
  bool is_marker(std::string_view marker) const;

  /// Passes over blanks in this line, and a comment behind them.
  void skip_blanks();
  /// Passes over blanks, comments and line ends. Code::invalid when a line is indented by a tab.
  Result<> skip_lines();

  Error error(std::string_view what) const;

 private:
  std::string_view text_;
  std::string_view name_;
  std::size_t at_ = 0;
  mutable std::size_t counted_ = 0;  ///< how far lines have been counted
  mutable int line_ = 1;             ///< ... and which that is
};

/// What stands between quotes, from the first quote on.
Result<std::string> read_double_quoted(Scanner& scanner);
Result<std::string> read_single_quoted(Scanner& scanner);
/// "|" and ">" with the lines below, which are indented by more than `parent` (-1: of the document).
Result<std::string> read_block(Scanner& scanner, int parent);

}  // namespace gantry::yaml
