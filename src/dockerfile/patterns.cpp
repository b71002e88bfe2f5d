#include "dockerfile/patterns.hpp"

#include "base/text.hpp"
#include "dockerfile/character.hpp"
#include "dockerfile/show.hpp"

#include <algorithm>

namespace gantry::dockerfile {

bool has_wildcards(std::string_view text) { return text.find_first_of("*?[") != text.npos; }

std::string clean_path(std::string_view path) {
  const bool is_absolute = path.starts_with('/');
  std::vector<std::string> parts;
  for (auto& part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == ".." && !parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (part != ".." || !is_absolute) {
      parts.push_back(std::move(part));
    }
  }
  auto cleaned = (is_absolute ? "/" : "") + join(parts, "/");
  return cleaned.empty() ? "." : cleaned;
}

Result<PathPattern> PathPattern::for_part(std::string_view text) {
  PathPattern pattern;
  pattern.text_ = text;
  TRY(pattern.compile(false));
  return pattern;
}

Result<PathPattern> PathPattern::for_path(std::string_view text) {
  PathPattern pattern;
  pattern.text_ = clean_path(text);
  if (pattern.text_.starts_with('/')) pattern.text_.erase(0, 1);
  TRY(pattern.compile(true));
  return pattern;
}

Result<> PathPattern::compile(bool has_folders) {
  using Kind = Token::Kind;
  for (std::size_t at = 0; at < text_.size();) {
    const auto rest = std::string_view(text_).substr(at);
    if (has_folders && rest.starts_with("**")) {
      at += 2;
      const bool has_slash = at < text_.size() && text_[at] == '/';
      if (has_slash) ++at;
      if (at == text_.size()) {
        tokens_.push_back({.kind = Kind::rest});
      } else {
        tokens_.push_back({.kind = Kind::maybe_folders});
        tokens_.push_back({.kind = Kind::folders});
      }
    } else if (rest.front() == '*') {
      tokens_.push_back({.kind = Kind::any_text});
      ++at;
    } else if (rest.front() == '?') {
      tokens_.push_back({.kind = Kind::any_character});
      ++at;
    } else if (rest.front() == '[') {
      at = TRY(compile_set(at + 1));
    } else {
      if (rest.front() == '\\' && ++at == text_.size()) {
        return fail(Code::invalid, "the pattern {} ends with an escape", quoted(text_)).with_cure("write \\\\");
      }
      const auto size = first_character(std::string_view(text_).substr(at)).size();
      tokens_.push_back({.kind = Kind::character, .begin = at, .size = size});
      at += size;
    }
  }
  return {};
}

/// From behind '[' to behind ']'.
Result<std::size_t> PathPattern::compile_set(std::size_t at) {
  const auto open = [&] {
    return fail(Code::invalid, "the set of characters in the pattern {} is not closed or empty", quoted(text_))
        .with_cure("write [a-z], or \\[ for a plain '['");
  };
  Token token{.kind = Token::Kind::set};
  if (at < text_.size() && text_[at] == '^') {
    token.is_negated = true;
    ++at;
  }
  const auto one = [&]() -> std::string {
    if (at < text_.size() && text_[at] == '\\') ++at;
    if (at >= text_.size()) return {};
    std::string character(first_character(std::string_view(text_).substr(at)));
    at += character.size();
    return character;
  };
  while (at < text_.size() && (text_[at] != ']' || token.ranges.empty())) {
    if (text_[at] == ']' || text_[at] == '-') return open();
    auto first = one();
    auto last = first;
    if (at < text_.size() && text_[at] == '-') {
      ++at;
      if (at >= text_.size() || text_[at] == ']') return open();
      last = one();
    }
    if (first.empty() || last.empty()) return open();
    token.ranges.emplace_back(std::move(first), std::move(last));
  }
  if (at >= text_.size()) return open();
  tokens_.push_back(std::move(token));
  return at + 1;
}

/// The pattern as a machine that is in many states at once: `states_[i]` says that the tokens before i have matched.
class PathPattern::Run {
 public:
  explicit Run(const PathPattern& pattern)
      : pattern_(pattern), states_(pattern.tokens_.size() + 1, false), next_(states_) {
    states_[0] = true;
    pass_over(states_);
  }

  void feed(std::string_view character) {
    next_.assign(states_.size(), false);
    for (std::size_t i = 0; i < pattern_.tokens_.size(); ++i) {
      if (states_[i]) step(i, character, next_);
    }
    pass_over(next_);
    states_.swap(next_);
  }
  bool is_match() const { return states_.back(); }
  bool is_alive() const { return std::ranges::find(states_, true) != states_.end(); }

 private:
  using Kind = Token::Kind;

  void step(std::size_t i, std::string_view character, std::vector<bool>& next) const {
    const auto& token = pattern_.tokens_[i];
    const bool is_slash = character == "/";
    switch (token.kind) {
      case Kind::character:
        if (character == std::string_view(pattern_.text_).substr(token.begin, token.size)) next[i + 1] = true;
        return;
      case Kind::any_character:
        if (!is_slash) next[i + 1] = true;
        return;
      case Kind::any_text:
        if (!is_slash) next[i] = true;
        return;
      case Kind::set:
        if (!is_slash && is_in(token, character)) next[i + 1] = true;
        return;
      case Kind::maybe_folders:
        return;
      case Kind::folders:
        next[i] = true;
        if (is_slash) next[i + 1] = true;
        return;
      case Kind::rest:
        next[i] = true;
        return;
    }
  }

  static bool is_in(const Token& token, std::string_view character) {
    const bool found = std::ranges::any_of(
        token.ranges, [&](const auto& range) { return character >= range.first && character <= range.second; });
    return found != token.is_negated;
  }

  /// Tokens that may match nothing.
  void pass_over(std::vector<bool>& states) const {
    for (std::size_t i = 0; i < pattern_.tokens_.size(); ++i) {
      if (!states[i]) continue;
      const auto kind = pattern_.tokens_[i].kind;
      if (kind == Kind::any_text || kind == Kind::rest || kind == Kind::maybe_folders) states[i + 1] = true;
      if (kind == Kind::maybe_folders) states[i + 2] = true;
    }
  }

  const PathPattern& pattern_;
  std::vector<bool> states_;
  std::vector<bool> next_;  ///< those after the character that is fed
};

namespace {

/// Feeds a path; `at_slash` is asked before each slash and may end it.
template <class Run, class AtSlash>
bool feed_path(Run& run, std::string_view path, AtSlash at_slash) {
  while (!path.empty() && run.is_alive()) {
    const auto character = first_character(path);
    if (character == "/" && at_slash()) return true;
    run.feed(character);
    path.remove_prefix(character.size());
  }
  return false;
}

}  // namespace

bool PathPattern::matches(std::string_view path) const {
  Run run(*this);
  feed_path(run, path, [] { return false; });
  return run.is_match();
}

bool PathPattern::matches_or_contains(std::string_view path) const {
  Run run(*this);
  return feed_path(run, path, [&] { return run.is_match(); }) || run.is_match();
}

bool PathPattern::may_match_below(std::string_view folder) const {
  Run run(*this);
  feed_path(run, folder, [] { return false; });
  run.feed("/");
  return run.is_alive();
}

}  // namespace gantry::dockerfile
