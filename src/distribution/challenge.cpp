#include "distribution/challenge.hpp"

#include "base/text.hpp"

namespace gantry::distribution {

namespace {

constexpr std::string_view kBlanks = " \t";

/// Takes words off the front of a header's value.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  void skip(std::string_view characters) {
    auto next = rest_.find_first_not_of(characters);
    rest_.remove_prefix(next == std::string_view::npos ? rest_.size() : next);
  }
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::string_view token() {
    auto end = std::min(rest_.find_first_of(" \t,=\""), rest_.size());
    auto token = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return token;
  }
  std::string value() {
    if (!take('"')) return std::string(token());
    std::string value;
    while (!rest_.empty() && !take('"')) {
      if (rest_.front() == '\\' && rest_.size() > 1) rest_.remove_prefix(1);
      value += rest_.front();
      rest_.remove_prefix(1);
    }
    return value;
  }

 private:
  std::string_view rest_;
};

}  // namespace

std::vector<Challenge> parse_challenges(std::string_view header) {
  std::vector<Challenge> challenges;
  Scanner scanner(header);
  while (true) {
    scanner.skip(" \t,");
    if (scanner.at_end()) return challenges;
    std::string word = to_lower(scanner.token());
    scanner.skip(kBlanks);
    // A word with "=" behind it is a parameter of the scheme before; any other begins a challenge.
    if (!scanner.take('=')) {
      if (word.empty()) scanner.value();
      else challenges.push_back({std::move(word), {}});
      continue;
    }
    scanner.skip(kBlanks);
    std::string value = scanner.value();
    if (!challenges.empty()) challenges.back().parameters.insert_or_assign(std::move(word), std::move(value));
  }
}

}  // namespace gantry::distribution
