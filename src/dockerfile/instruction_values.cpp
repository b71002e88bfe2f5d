// ARG, ENV and LABEL: names with values.

#include "base/text.hpp"
#include "dockerfile/instruction.hpp"
#include "dockerfile/show.hpp"

namespace gantry::dockerfile {

namespace {

/// `ENV NAME the rest of the line`
Result<std::vector<KeyValue>> read_old_form(const Statement& statement) {
  const auto text = statement.arguments;
  std::size_t end = 0;
  while (end < text.size() && !is_blank(text[end])) ++end;
  const auto name = text.substr(0, end);
  const Word word{std::string(name), statement.arguments_at, end};
  const auto value = trim_left(text.substr(end));
  if (value.empty()) {
    return statement.error(word, fmt::format("{} gives {} no value", statement.name, quoted(name)),
                           fmt::format("write {} {}=VALUE", statement.name, printable(name)));
  }
  return std::vector{KeyValue{word.text, std::string(value), true, statement.at(word)}};
}

Result<std::vector<KeyValue>> read_pairs(const Statement& statement) {
  const auto words = split_words(statement.arguments, statement.arguments_at, statement.escape());
  if (words.empty()) {
    return statement.error(statement.name + " has no argument", fmt::format("write {} NAME=VALUE", statement.name));
  }
  if (words.front().text.find('=') == std::string::npos) return read_old_form(statement);
  std::vector<KeyValue> pairs;
  for (const auto& word : words) {
    const auto [key, value, found] = cut(word.text, '=');
    if (!found) {
      return statement.error(word, quoted(word.text) + " has no '='",
                             "write NAME=VALUE; a value with blanks belongs in quotes");
    }
    if (key.empty()) return statement.error(word, "the name before '=' is empty", "write NAME=VALUE");
    pairs.push_back({std::string(key), std::string(value), false, statement.at(word)});
  }
  return pairs;
}

}  // namespace

Result<Operation> read_env(const Statement& statement) {
  auto pairs = TRY(read_pairs(statement));
  return Operation(Env{std::move(pairs)});
}

Result<Operation> read_label(const Statement& statement) {
  auto pairs = TRY(read_pairs(statement));
  return Operation(Label{std::move(pairs)});
}

Result<Operation> read_arg(const Statement& statement) {
  Arg arg;
  for (const auto& word : split_words(statement.arguments, statement.arguments_at, statement.escape())) {
    const auto [name, value, found] = cut(word.text, '=');
    if (name.empty()) return statement.error(word, "the name before '=' is empty", "write ARG NAME=VALUE");
    ArgDefault one{.name = std::string(name), .value = {}, .at = statement.at(word)};
    if (found) one.value = std::string(value);
    arg.args.push_back(std::move(one));
  }
  if (arg.args.empty()) return statement.error("ARG has no argument", "write ARG NAME or ARG NAME=VALUE");
  return Operation(std::move(arg));
}

}  // namespace gantry::dockerfile
