#include "yaml/scanner.hpp"

#include <algorithm>

namespace gantry::yaml {

std::size_t Scanner::column() const {
  const std::size_t start = text_.substr(0, at_).rfind('\n');
  return start == std::string_view::npos ? at_ : at_ - start - 1;
}

int Scanner::line() const {
  const std::size_t at = std::min(at_, text_.size());
  const auto [first, last] = std::minmax(at, counted_);
  const auto ends = static_cast<int>(std::ranges::count(text_.substr(first, last - first), '\n'));
  line_ += at >= counted_ ? ends : -ends;
  counted_ = at;
  return line_;
}

bool Scanner::is_blank(std::size_t ahead) const {
  const std::size_t at = at_ + ahead;
  return at >= text_.size() || text_[at] == ' ' || text_[at] == '\t' || text_[at] == '\n' || text_[at] == '\r';
}

bool Scanner::is_marker(std::string_view marker) const {
  return text_.substr(std::min(at_, text_.size())).starts_with(marker) && is_blank(marker.size()) && column() == 0;
}

void Scanner::skip_blanks() {
  const std::size_t from = at_;
  while (peek() == ' ' || peek() == '\t' || (peek() == '\r' && peek(1) == '\n')) ++at_;
  // A # within a word begins no comment.
  if (peek() == '#' && (at_ > from || at_ == 0 || text_[at_ - 1] == '\n'))
    at_ = std::min(text_.find('\n', at_), text_.size());
}

Result<> Scanner::skip_lines() {
  while (!is_end()) {
    skip_blanks();
    if (peek() != '\n') break;
    ++at_;
  }
  if (is_end()) return {};
  const std::size_t start = at_ - column();
  if (text_.substr(start, at_ - start).find_first_not_of(" \t") == std::string_view::npos &&
      text_.substr(start, at_ - start).contains('\t'))
    return error("it is indented by a tab");
  return {};
}

Error Scanner::error(std::string_view what) const {
  return fail(Code::invalid, "{}: line {}: {}", name_, line(), what);
}

namespace {

/// A line's end within quotes is a blank, and each empty line after it a line's end.
void fold(Scanner& scanner, std::string& text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.pop_back();
  std::size_t ends = 0;
  while (!scanner.is_end() && scanner.is_blank()) {
    ends += scanner.peek() == '\n' ? 1 : 0;
    scanner.advance();
  }
  if (ends == 1) text += ' ';
  else text.append(ends - 1, '\n');
}

void add_utf8(std::string& text, unsigned code) {
  auto byte = [&](unsigned value) { text += static_cast<char>(value); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xc0 | code >> 6);
    byte(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    byte(0xe0 | code >> 12);
    byte(0x80 | (code >> 6 & 0x3f));
    byte(0x80 | (code & 0x3f));
  } else {
    byte(0xf0 | code >> 18);
    byte(0x80 | (code >> 12 & 0x3f));
    byte(0x80 | (code >> 6 & 0x3f));
    byte(0x80 | (code & 0x3f));
  }
}

Result<> read_code(Scanner& scanner, std::string& text, std::size_t figures) {
  unsigned code = 0;
  for (std::size_t i = 0; i < figures; ++i) {
    constexpr std::string_view kFigures = "0123456789abcdef";
    char figure = scanner.peek();
    if (figure >= 'A' && figure <= 'F') figure = static_cast<char>(figure - 'A' + 'a');
    const std::size_t value = kFigures.find(figure);
    if (value == std::string_view::npos) return scanner.error("hex figures are missing behind a backslash");
    code = code << 4 | static_cast<unsigned>(value);
    scanner.advance();
  }
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return scanner.error("there is no such character");
  add_utf8(text, code);
  return {};
}

Result<> read_escape(Scanner& scanner, std::string& text) {
  constexpr std::string_view kLetters = "0abtnvfre\"\\/ \t";
  constexpr std::string_view kMeanings{"\0\a\b\t\n\v\f\r\x1b\"\\/ \t", 14};
  const char letter = scanner.peek();
  scanner.advance();
  if (auto known = kLetters.find(letter); known != std::string_view::npos) {
    text += kMeanings[known];
    return {};
  }
  switch (letter) {
    case 'x':
      return read_code(scanner, text, 2);
    case 'u':
      return read_code(scanner, text, 4);
    case 'U':
      return read_code(scanner, text, 8);
    case 'N':
      add_utf8(text, 0x85);
      return {};
    case '_':
      add_utf8(text, 0xa0);
      return {};
    case 'L':
      add_utf8(text, 0x2028);
      return {};
    case 'P':
      add_utf8(text, 0x2029);
      return {};
    case '\n':
      while (scanner.peek() == ' ' || scanner.peek() == '\t') scanner.advance();
      return {};
    default:
      return scanner.error("there is no such character behind a backslash");
  }
}

}  // namespace

Result<std::string> read_double_quoted(Scanner& scanner) {
  std::string text;
  scanner.advance();
  while (scanner.peek() != '"') {
    if (scanner.is_end()) return scanner.error("a quote is missing");
    const char c = scanner.peek();
    if (c == '\n') {
      fold(scanner, text);
      continue;
    }
    scanner.advance();
    if (c == '\\') TRY(read_escape(scanner, text));
    else text += c;
  }
  scanner.advance();
  return text;
}

Result<std::string> read_single_quoted(Scanner& scanner) {
  std::string text;
  scanner.advance();
  while (true) {
    if (scanner.is_end()) return scanner.error("a quote is missing");
    const char c = scanner.peek();
    if (c == '\n') {
      fold(scanner, text);
      continue;
    }
    scanner.advance();
    if (c == '\'') {
      if (scanner.peek() != '\'') return text;
      scanner.advance();
    }
    text += c;
  }
}

Result<std::string> read_block(Scanner& scanner, int parent) {
  const bool folds = scanner.peek() == '>';
  int indent = -1;
  char chomp = ' ';
  for (scanner.advance(); !scanner.is_blank(); scanner.advance()) {
    const char c = scanner.peek();
    if (c >= '1' && c <= '9') indent = std::max(parent, 0) + (c - '0');
    else if (c == '-' || c == '+') chomp = c;
    else return scanner.error("this is not how a block of text begins");
  }
  scanner.skip_blanks();
  if (!scanner.is_line_end()) return scanner.error("a block of text begins on the next line");
  std::string text;
  while (!scanner.is_end()) {
    const std::size_t start = scanner.at() + (scanner.peek() == '\r' ? 2 : 1);
    if (start >= scanner.text().size()) break;
    std::string_view line = scanner.text().substr(start);
    line = line.substr(0, line.find('\n'));
    if (line.ends_with('\r')) line.remove_suffix(1);
    const std::size_t blanks = std::min(line.find_first_not_of(' '), line.size());
    const bool is_empty = blanks == line.size();
    if (!is_empty && indent < 0 && static_cast<int>(blanks) > parent) indent = static_cast<int>(blanks);
    if (!is_empty && (indent < 0 || static_cast<int>(blanks) < indent)) break;
    scanner.move_to(start + line.size());
    if (folds && !text.empty() && text.back() == '\n' && !is_empty && !text.ends_with("\n\n")) text.back() = ' ';
    text += line.substr(std::min(line.size(), static_cast<std::size_t>(std::max(indent, 0))));
    text += '\n';
  }
  if (chomp == '+') return text;
  while (text.ends_with('\n')) text.pop_back();
  if (chomp != '-' && !text.empty()) text += '\n';
  return text;
}

}  // namespace gantry::yaml
