#include "dockerfile/statement.hpp"

#include "base/text.hpp"
#include "dockerfile/show.hpp"

#include <algorithm>

namespace gantry::dockerfile {

namespace {

std::string to_upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

std::string flags_in_words(std::span<const FlagRule> rules) {
  std::vector<std::string> names;
  for (const auto& rule : rules) names.push_back("--" + std::string(rule.name));
  return join(names, ", ");
}

Result<std::string> flag_value(const Statement& statement, const FlagRule& rule, const Word& word,
                               const Halves& halves) {
  if (rule.kind == FlagRule::Kind::boolean) {
    if (!halves.found) return std::string("true");
    const auto value = to_lower(halves.after);
    if (value == "true" || value == "false") return value;
    return statement.error(word, fmt::format("--{} is true or false, not {}", rule.name, quoted(halves.after)));
  }
  if (!halves.found) {
    return statement.error(word, fmt::format("--{} has no value", rule.name),
                           fmt::format("write --{}=VALUE, without a blank", rule.name));
  }
  return std::string(halves.after);
}

}  // namespace

const Flag* Statement::flag(std::string_view wanted) const {
  const auto found = std::ranges::find(flags, wanted, &Flag::name);
  return found == flags.end() ? nullptr : &*found;
}

std::string Statement::flag_text(std::string_view wanted) const {
  const auto* found = flag(wanted);
  return found ? found->value : std::string();
}

bool Statement::flag_is_set(std::string_view wanted) const { return flag_text(wanted) == "true"; }

std::vector<const Flag*> Statement::all_flags(std::string_view wanted) const {
  std::vector<const Flag*> found;
  for (const auto& one : flags) {
    if (one.name == wanted) found.push_back(&one);
  }
  return found;
}

Statement begin_statement(const Origin& origin, const LogicalLine& line, std::size_t from) {
  Statement statement{.origin = &origin, .line = &line};
  const std::string_view text = line.text;
  std::size_t begin = from;
  while (begin < text.size() && is_blank(text[begin])) ++begin;
  std::size_t end = begin;
  while (end < text.size() && !is_blank(text[end])) ++end;
  statement.keyword = text.substr(begin, end - begin);
  statement.name = to_upper(statement.keyword);
  statement.keyword_at = begin;
  while (end < text.size() && is_blank(text[end])) ++end;
  statement.arguments = text.substr(end);
  statement.arguments_at = end;
  return statement;
}

Result<> read_flags(Statement& statement, std::span<const FlagRule> rules) {
  auto found = take_flags(statement.arguments, statement.arguments_at, statement.escape());
  for (auto& word : found.flags) {
    const auto halves = cut(std::string_view(word.text).substr(2), '=');
    const auto rule = std::ranges::find(rules, halves.before, &FlagRule::name);
    if (rule == rules.end()) {
      const auto known = rules.empty() ? "it has none" : "it has " + flags_in_words(rules);
      return statement.error(
          word, fmt::format("{} has no flag {}", statement.name, quoted("--" + std::string(halves.before))), known);
    }
    if (rule->kind != FlagRule::Kind::list && statement.flag(rule->name)) {
      return statement.error(word, fmt::format("--{} is there twice", rule->name), "keep one of them");
    }
    auto value = TRY(flag_value(statement, *rule, word, halves));
    statement.flags.push_back({rule->name, std::move(value), std::move(word)});
  }
  statement.arguments.remove_prefix(found.end);
  statement.arguments_at += found.end;
  return {};
}

}  // namespace gantry::dockerfile
