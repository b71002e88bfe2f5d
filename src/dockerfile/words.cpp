#include "dockerfile/words.hpp"

#include "base/json.hpp"
#include "dockerfile/lines.hpp"

namespace gantry::dockerfile {

namespace {

/// Reads one word in which quotes hide blanks.
class WordScanner {
 public:
  WordScanner(std::string_view text, char escape, bool keeps_quotes)
      : text_(text), escape_(escape), keeps_quotes_(keeps_quotes) {}

  std::size_t at() const { return at_; }
  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }
  bool at_end() const { return at_ >= text_.size(); }

  std::string word() {
    std::string word;
    char quote = 0;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (quote == 0 && is_blank(c)) break;
      if (c == escape_ && quote != '\'') {
        if (at_ + 1 == text_.size()) continue;  // at the very end it escapes nothing
        if (keeps_quotes_) word += c;
        word += text_[++at_];
      } else if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
        if (keeps_quotes_) word += c;
      } else if (quote != 0 && c == quote) {
        quote = 0;
        if (keeps_quotes_) word += c;
      } else {
        word += c;
      }
    }
    return word;
  }

 private:
  std::string_view text_;
  char escape_;
  bool keeps_quotes_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<Word> split_blanks(std::string_view text, std::size_t base) {
  std::vector<Word> words;
  std::size_t at = 0;
  while (at < text.size()) {
    if (is_blank(text[at])) {
      ++at;
      continue;
    }
    const auto begin = at;
    while (at < text.size() && !is_blank(text[at])) ++at;
    words.push_back({std::string(text.substr(begin, at - begin)), base + begin, at - begin});
  }
  return words;
}

std::vector<Word> split_words(std::string_view text, std::size_t base, char escape) {
  std::vector<Word> words;
  WordScanner scanner(text, escape, true);
  for (scanner.skip_blanks(); !scanner.at_end(); scanner.skip_blanks()) {
    const auto begin = scanner.at();
    auto word = scanner.word();
    if (!word.empty()) words.push_back({std::move(word), base + begin, scanner.at() - begin});
  }
  return words;
}

FlagWords take_flags(std::string_view text, std::size_t base, char escape) {
  FlagWords found;
  WordScanner scanner(text, escape, false);
  while (true) {
    scanner.skip_blanks();
    const auto begin = scanner.at();
    if (!text.substr(begin).starts_with("--")) {
      found.end = begin;
      return found;
    }
    auto word = scanner.word();
    if (word == "--") {
      scanner.skip_blanks();
      found.end = scanner.at();
      return found;
    }
    found.flags.push_back({std::move(word), base + begin, scanner.at() - begin});
  }
}

Result<std::optional<std::vector<std::string>>> json_words(std::string_view text) {
  text = trim_left(text);
  if (!text.starts_with('[')) return std::optional<std::vector<std::string>>{};
  auto words = json::decode<std::vector<std::string>>(text, "JSON");
  if (words) return std::optional(std::move(*words));
  if (!json::decode<std::vector<json::Raw>>(text, "JSON")) return std::optional<std::vector<std::string>>{};
  return fail(Code::invalid, "the JSON list has something else than strings in it");
}

std::optional<std::vector<std::string>> csv_fields(std::string_view text) {
  std::vector<std::string> fields(1);
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == ',') {
      fields.emplace_back();
      continue;
    }
    if (text[at] != '"') {
      fields.back() += text[at];
      continue;
    }
    if (!fields.back().empty()) return std::nullopt;
    while (true) {
      if (++at >= text.size()) return std::nullopt;
      if (text[at] != '"') {
        fields.back() += text[at];
      } else if (at + 1 < text.size() && text[at + 1] == '"') {
        fields.back() += text[++at];
      } else {
        break;
      }
    }
    if (at + 1 < text.size() && text[at + 1] != ',') return std::nullopt;
  }
  return fields;
}

}  // namespace gantry::dockerfile
