#pragma once

#include "base/result.hpp"
#include "dockerfile/ast.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::dockerfile {

/// Where the text that is read comes from, for errors.
struct Origin {
  std::string_view file;
  std::string_view source;
  char escape = '\\';

  Error error(const Position& at, std::string_view text, std::string_view cure = {}) const {
    return error_at(file, source, at, text, cure);
  }
};

/// An instruction's line and those that continue it, joined; comments between them are gone.
struct LogicalLine {
  struct Piece {
    std::size_t offset = 0;  ///< in `text`
    int line = 0;
    int column = 0;
  };
  std::string text;
  std::vector<Piece> pieces;
  int first_line = 0;
  int last_line = 0;
  std::vector<std::string> comments;  ///< directly above it

  /// Where a byte of `text` is in the file.
  Position at(std::size_t offset, std::size_t width = 1) const;
};

/// The lines of a Dockerfile, in order.
class LineReader {
 public:
  LineReader(std::string_view text, std::string_view file);

  /// The directives at the top; only before anything else is read.
  Result<Directives> directives();
  /// nullopt: the end.
  Result<std::optional<LogicalLine>> next();
  /// The content of a heredoc, which begins at the next line. `at`: where it was announced.
  Result<> read_heredoc(Heredoc& heredoc, const Position& at);

  const Origin& origin() const { return origin_; }
  int line() const { return line_; }
  const std::vector<Position>& empty_continuations() const { return empty_continuations_; }

 private:
  /// The next line with its newline; nullopt: the end.
  std::optional<std::string_view> take();
  Result<bool> directive(std::string_view comment, std::vector<std::string>& seen, Directives& directives);
  Result<> check_directive(std::string_view value, Directives& directives);
  bool take_continuation(std::string_view& line) const;
  void continue_line(LogicalLine& logical);
  void note_comment(std::string_view comment);
  Position here() const { return {line_, 1, 1}; }

  Origin origin_;
  std::string_view rest_;
  int line_ = 0;
  std::vector<std::string> comments_;
  std::vector<Position> empty_continuations_;
};

/// Blanks of the language: all but newline that isspace(3) says in the C locale.
bool is_blank(char c);
std::string_view trim_left(std::string_view text);

}  // namespace gantry::dockerfile
