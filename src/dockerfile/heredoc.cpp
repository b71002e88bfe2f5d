#include "dockerfile/heredoc.hpp"

#include "base/text.hpp"
#include "dockerfile/lines.hpp"

namespace gantry::dockerfile {

namespace {

bool is_descriptor_digit(char c) { return c >= '0' && c <= '9'; }
/// What ends a word in a shell.
bool ends_name(char c) { return is_blank(c) || std::string_view("<>|;&()").contains(c); }

/// A mark at the beginning of `text`, whose offset is 0.
std::optional<HeredocMark> mark_at(std::string_view text, char escape) {
  HeredocMark mark;
  std::size_t at = 0;
  while (at < text.size() && is_descriptor_digit(text[at])) ++at;
  if (at > 0) {
    const auto number = parse_unsigned(text.substr(0, at));
    if (!number || *number > 1023) return std::nullopt;
    mark.heredoc.descriptor = static_cast<int>(*number);
  }
  if (!text.substr(at).starts_with("<<")) return std::nullopt;
  at += 2;
  if (at < text.size() && text[at] == '-') {
    mark.heredoc.strips_tabs = true;
    ++at;
  }
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  char quote = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (quote == 0 && ends_name(c)) break;
    if (c == escape && quote != '\'' && at + 1 < text.size()) {
      mark.heredoc.expands = false;
      mark.heredoc.name += text[++at];
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
      mark.heredoc.expands = false;
    } else if (c == quote) {
      quote = 0;
    } else {
      mark.heredoc.name += c;
    }
  }
  if (quote != 0 || mark.heredoc.name.empty()) return std::nullopt;
  if (at < text.size() && text[at] == '<') return std::nullopt;
  mark.width = at;
  return mark;
}

/// A number behind `<<` is arithmetic: `$((1 << 2))`.
bool is_number(std::string_view text) { return parse_unsigned(text).has_value(); }

}  // namespace

std::vector<HeredocMark> find_heredocs(std::string_view text, char escape) {
  std::vector<HeredocMark> found;
  bool at_word = true;
  char quote = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quote == 0 && at_word && (is_descriptor_digit(c) || c == '<')) {
      if (auto mark = mark_at(text.substr(at), escape);
          mark && (!mark->heredoc.expands || !is_number(mark->heredoc.name))) {
        mark->offset = at;
        at += mark->width - 1;
        found.push_back(std::move(*mark));
        continue;
      }
    }
    at_word = false;
    if (c == escape && quote != '\'') {
      ++at;
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    } else {
      at_word = quote == 0 && is_blank(c);
    }
  }
  return found;
}

std::optional<HeredocMark> whole_heredoc(std::string_view word, char escape) {
  auto mark = mark_at(word, escape);
  if (!mark || mark->width != word.size()) return std::nullopt;
  return mark;
}

RunScript script_of(const Command& command) {
  const std::string_view line = command.words.empty() ? std::string_view{} : std::string_view(command.words.front());
  const auto& first = command.heredocs.front();
  // Whatever the escape character is: the name is known to be the mark's.
  const bool is_alone = whole_heredoc(trim(line), '\\').has_value() || whole_heredoc(trim(line), '`').has_value();
  if (is_alone) return {.is_program = first.content.starts_with("#!"), .name = first.name, .text = first.content};
  RunScript script{.text = std::string(line)};
  for (const auto& heredoc : command.heredocs) script.text += "\n" + heredoc.content + heredoc.name;
  return script;
}

}  // namespace gantry::dockerfile
