#include "dockerfile/substitute.hpp"

#include "dockerfile/glob.hpp"
#include "dockerfile/lines.hpp"
#include "dockerfile/show.hpp"

namespace gantry::dockerfile {

namespace {

constexpr int kMaxDepth = 64;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Collects the text and its words.
class Output {
 public:
  /// Splits at blanks.
  void add(char c) {
    text_ += c;
    if (is_blank(c)) end_word();
    else word_ += c;
  }
  void add(std::string_view text) {
    for (const char c : text) add(c);
  }
  /// Does not: it was in quotes or escaped.
  void add_raw(std::string_view text) {
    text_ += text;
    word_ += text;
  }
  const std::string& text() const { return text_; }
  Substituted finish(std::vector<std::string> unset) {
    end_word();
    return {std::move(text_), std::move(words_), std::move(unset)};
  }

 private:
  void end_word() {
    if (!word_.empty()) words_.push_back(std::move(word_));
    word_.clear();
  }
  std::string text_;
  std::string word_;
  std::vector<std::string> words_;
};

class Substituter {
 public:
  Substituter(std::string_view text, const FindVariable& find, const SubstituteOptions& options)
      : text_(text), find_(find), options_(options) {}

  Result<Substituted> run() {
    Output output;
    TRY(read_until('\0', false, output));
    TRY(check_size(output.text()));
    return output.finish(std::move(unset_));
  }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  bool take(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  Error error(std::string_view what, std::string_view cure) const {
    return fail(Code::invalid, "{} in {}", what, quoted(text_)).with_cure(std::string(cure));
  }
  Error no_brace() const { return error("'${' is not closed", "close it with '}', or write \\$ for a plain '$'"); }

  Result<> check_size(std::string_view result) const {
    if (result.size() <= options_.limit) return {};
    return fail(Code::invalid, "what {} becomes is longer than {} MiB", quoted(text_), options_.limit >> 20)
        .with_cure("its variables hold each other many times; make them shorter");
  }

  Result<> read_until(char stop, bool keeps_escapes, Output& output) {
    if (++depth_ > kMaxDepth) return error("variables are nested too deep", "at most 64 levels are read");
    while (!at_end()) {
      TRY(check_size(output.text()));
      const char c = text_[at_];
      if (stop != '\0' && c == stop) break;
      if (c == '$') {
        output.add(TRY(dollar()));
      } else if (options_.reads_quotes && c == '\'') {
        output.add_raw(TRY(single_quotes()));
      } else if (options_.reads_quotes && c == '"') {
        output.add_raw(TRY(double_quotes()));
      } else if (c == options_.escape) {
        escaped(keeps_escapes, output);
      } else {
        output.add(c);
        ++at_;
      }
    }
    --depth_;
    return {};
  }

  void escaped(bool keeps_escapes, Output& output) {
    if (keeps_escapes) output.add_raw(text_.substr(at_, 1));
    if (++at_ < text_.size()) output.add_raw(text_.substr(at_++, 1));
  }

  Result<std::string> single_quotes() {
    const auto end = text_.find('\'', at_ + 1);
    if (end == text_.npos) return error("a single quote is not closed", "close it, or write \\' for a plain one");
    std::string inside(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return inside;
  }

  Result<std::string> double_quotes() {
    std::string inside;
    ++at_;
    while (!at_end()) {
      const char c = text_[at_];
      if (take('"')) return inside;
      TRY(check_size(inside));
      if (c == '$') {
        inside += TRY(dollar());
        continue;
      }
      ++at_;
      const bool escapes = c == options_.escape && (peek() == '"' || peek() == '$' || peek() == options_.escape);
      if (escapes) inside += text_[at_++];
      else if (c != options_.escape || !at_end()) inside += c;
    }
    return error("a double quote is not closed", "close it, or write \\\" for a plain one");
  }

  /// A name, a number, or one of the shell's special parameters.
  std::string_view name() {
    const auto begin = at_;
    if (is_digit(peek())) {
      while (is_digit(peek())) ++at_;
    } else if (!at_end() && std::string_view("@*#?-$!").contains(peek())) {
      ++at_;
    } else {
      while (is_letter(peek()) || is_digit(peek())) ++at_;
    }
    return text_.substr(begin, at_ - begin);
  }

  /// The value for `$NAME` and `${NAME}`; what has none is remembered.
  std::string plain(std::string_view name) {
    if (const auto* value = find_(name)) return *value;
    if (is_letter(name.front())) unset_.emplace_back(name);
    return {};
  }

  Result<std::string> dollar() {
    ++at_;
    if (!take('{')) {
      const auto variable = name();
      return variable.empty() ? std::string("$") : plain(variable);
    }
    if (at_end()) return no_brace();
    const auto variable = name();
    if (variable.empty()) return error("'${' has no name behind it", "write ${NAME}, or \\$ for a plain '$'");
    if (take('}')) return plain(variable);
    if (take('/')) return replaced(variable);
    const bool empty_is_unset = take(':');
    if (at_end()) return no_brace();
    const char modifier = peek();
    ++at_;
    if (modifier == '#' || modifier == '%') {
      return trimmed(variable, modifier);
    }
    if (modifier != '-' && modifier != '+' && modifier != '?') return unknown_modifier(variable);
    return chosen(variable, modifier, empty_is_unset);
  }

  Error unknown_modifier(std::string_view variable) const {
    return error(fmt::format("the modifier behind {} is unknown", quoted(variable)),
                 "it is one of :- - :+ + :? ? # ## % %% / //");
  }

  /// What stands up to `stop`, which is taken.
  Result<std::string> word_until(char stop, bool keeps_escapes) {
    Output output;
    TRY(read_until(stop, keeps_escapes, output));
    if (!take(stop)) return no_brace();
    return output.text();
  }

  Result<std::string> chosen(std::string_view variable, char modifier, bool empty_is_unset) {
    const auto word = TRY(word_until('}', false));
    const auto* value = find_(variable);
    const bool is_set = value && !(empty_is_unset && value->empty());
    if (modifier == '+') return is_set ? word : std::string();
    if (is_set) return *value;
    if (modifier == '-') return word;
    const std::string_view usual = value ? "must not be empty" : "must be set";
    return fail(Code::invalid, "{}: {}", printable(variable), word.empty() ? usual : printable(word))
        .with_cure(fmt::format("give it by --build-arg {}=VALUE where an ARG declares it", printable(variable)));
  }

  Result<std::string> trimmed(std::string_view variable, char modifier) {
    const auto extent = take(modifier) ? Extent::longest : Extent::shortest;
    const auto pattern = TRY(word_until('}', true));
    const auto* value = find_(variable);
    if (!value) return std::string();
    return modifier == '#' ? without_prefix(*value, pattern, extent) : without_suffix(*value, pattern, extent);
  }

  Result<std::string> replaced(std::string_view variable) {
    const bool all = take('/');
    Output pattern;
    TRY(read_until('/', true, pattern));
    if (!take('/')) return error("'/' is missing behind the pattern of '${'", "write ${NAME/pattern/replacement}");
    const auto replacement = TRY(word_until('}', true));
    const auto* value = find_(variable);
    if (!value) return std::string();
    return replace_matches(*value, pattern.text(), replacement, all);
  }

  std::string_view text_;
  const FindVariable& find_;
  SubstituteOptions options_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::vector<std::string> unset_;
};

}  // namespace

Result<Substituted> substitute(std::string_view text, const FindVariable& find, const SubstituteOptions& options) {
  return Substituter(text, find, options).run();
}

}  // namespace gantry::dockerfile
