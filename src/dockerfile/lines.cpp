#include "dockerfile/lines.hpp"

#include "base/text.hpp"
#include "dockerfile/show.hpp"

#include <algorithm>

namespace gantry::dockerfile {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kDirectiveNames[] = {"syntax", "escape", "check"};

std::string_view without_newline(std::string_view line) {
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool is_comment(std::string_view line) { return trim_left(line).starts_with('#'); }

bool is_name(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
}

}  // namespace

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r' || c == '\n'; }

std::string_view trim_left(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  return text;
}

Position LogicalLine::at(std::size_t offset, std::size_t width) const {
  auto piece = std::ranges::upper_bound(pieces, offset, {}, &Piece::offset);
  if (piece == pieces.begin()) return {first_line, 1, static_cast<int>(width)};
  --piece;
  return {piece->line, piece->column + static_cast<int>(offset - piece->offset), static_cast<int>(width)};
}

LineReader::LineReader(std::string_view text, std::string_view file)
    : origin_{.file = file, .source = text}, rest_(text) {
  if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
}

std::optional<std::string_view> LineReader::take() {
  if (rest_.empty()) return std::nullopt;
  const auto end = rest_.find('\n');
  const auto line = rest_.substr(0, end == rest_.npos ? end : end + 1);
  rest_.remove_prefix(line.size());
  ++line_;
  return line;
}

Result<Directives> LineReader::directives() {
  Directives directives;
  std::vector<std::string> seen;
  if (rest_.starts_with("#!")) take();  // a file that is made executable names its program there
  while (true) {
    const auto before = rest_;
    const auto line = take();
    if (line && is_comment(*line) && TRY(directive(without_newline(*line), seen, directives))) continue;
    if (line) {
      rest_ = before;
      --line_;
    }
    origin_.escape = directives.escape;
    return directives;
  }
}

/// False: it is a comment like any other, and directives end with it.
Result<bool> LineReader::directive(std::string_view comment, std::vector<std::string>& seen, Directives& directives) {
  const auto [before, value_text, found] = cut(trim_left(comment).substr(1), '=');
  const auto name = to_lower(trim(before));
  const auto value = trim(value_text);
  if (!found || !is_name(name) || std::ranges::find(kDirectiveNames, name) == std::end(kDirectiveNames)) return false;
  if (value.empty()) return false;
  if (std::ranges::find(seen, name) != seen.end()) {
    return origin_.error(here(), "the directive '" + name + "' is there twice", "keep one of them");
  }
  seen.push_back(name);
  if (name == "syntax") directives.syntax = value;
  if (name == "check") TRY(check_directive(value, directives));
  if (name == "escape") {
    if (value != "\\" && value != "`") {
      return origin_.error(here(), "the escape character " + quoted(value) + " is none", "it is \\ or `");
    }
    directives.escape = value.front();
  }
  return true;
}

/// `skip=A,B;error=true`
Result<> LineReader::check_directive(std::string_view value, Directives& directives) {
  for (const auto& part : split(value, ';')) {
    const auto [before, after, found] = cut(part, '=');
    const auto key = trim(before);
    if (key == "skip" && found) {
      for (const auto& name : split(after, ',')) directives.skipped_checks.emplace_back(trim(name));
    } else if (key == "error" && (trim(after) == "true" || trim(after) == "false")) {
      directives.checks_are_errors = trim(after) == "true";
    } else if (key == "experimental" && found) {
      for (const auto& name : split(after, ',')) directives.experimental_checks.emplace_back(trim(name));
    } else {
      return origin_.error(here(), "the directive 'check' does not know " + quoted(part),
                           "it has skip=NAME,…, error=true and experimental=NAME,…, with ';' between");
    }
  }
  return {};
}

void LineReader::note_comment(std::string_view comment) {
  const auto text = trim(trim_left(comment).substr(1));
  if (text.empty()) comments_.clear();
  else comments_.emplace_back(text);
}

/// Whether an escape character ends the line, which is then taken off with the blanks behind it. Two of them do not.
bool LineReader::take_continuation(std::string_view& line) const {
  auto text = line;
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  if (!text.ends_with(origin_.escape)) return false;
  text.remove_suffix(1);
  if (text.ends_with(origin_.escape)) return false;
  line = text;
  return true;
}

void LineReader::continue_line(LogicalLine& logical) {
  while (true) {
    const auto line = take();
    if (!line) return;
    if (is_comment(*line)) continue;
    auto text = without_newline(*line);
    if (trim_left(text).empty()) {
      empty_continuations_.push_back(here());
      continue;
    }
    logical.pieces.push_back({logical.text.size(), line_, 1});
    const bool goes_on = take_continuation(text);
    logical.text += text;
    logical.last_line = line_;
    if (!goes_on) return;
  }
}

Result<std::optional<LogicalLine>> LineReader::next() {
  while (true) {
    const auto line = take();
    if (!line) return std::optional<LogicalLine>{};
    if (is_comment(*line)) {
      note_comment(without_newline(*line));
      continue;
    }
    const auto whole = without_newline(*line);
    auto text = trim_left(whole);
    if (text.empty()) {
      comments_.clear();
      continue;
    }
    if (text.find('\0') != text.npos) {
      return origin_.error(here(), "the line has a NUL byte", "a Dockerfile is text, in UTF-8");
    }
    LogicalLine logical{.first_line = line_, .last_line = line_, .comments = std::move(comments_)};
    comments_.clear();
    logical.pieces.push_back({0, line_, static_cast<int>(whole.size() - text.size()) + 1});
    const bool goes_on = take_continuation(text);
    logical.text = text;
    if (goes_on) continue_line(logical);
    while (!logical.text.empty() && is_blank(logical.text.back())) logical.text.pop_back();
    if (!logical.text.empty()) return std::optional(std::move(logical));
  }
}

Result<> LineReader::read_heredoc(Heredoc& heredoc, const Position& at) {
  heredoc.at = {line_ + 1, 1, 1};
  while (const auto line = take()) {
    auto text = *line;
    if (heredoc.strips_tabs) text.remove_prefix(std::min(text.find_first_not_of('\t'), text.size()));
    if (without_newline(text) == heredoc.name) return {};
    heredoc.content += text;
  }
  return origin_.error(at, "the heredoc is not ended by a line " + quoted(heredoc.name),
                       heredoc.strips_tabs ? "end it with that line, which may be indented by tabs"
                                           : "end it with that line, not indented; <<- takes tabs");
}

}  // namespace gantry::dockerfile
