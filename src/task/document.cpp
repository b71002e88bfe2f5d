#include "task/document.hpp"

#include "base/text.hpp"
#include "dockerfile/show.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gantry::task {

using dockerfile::quoted;

Error Document::error_on_line(int line, std::string_view text, std::string_view cure) const {
  return dockerfile::error_at(file, source, {line, 1, 1}, text, cure);
}

Error Document::error(const yaml::Node& node, std::string_view text, std::string_view cure) const {
  return error_on_line(node.line, text, cure);
}

Result<std::optional<std::string>> Document::text(const yaml::Node& map, std::string_view key) const {
  const auto* node = map.find(key);
  if (!node || node->kind == yaml::Node::Kind::null) return std::optional<std::string>{};
  if (node->kind != yaml::Node::Kind::scalar) return error(*node, fmt::format("'{}' is not one text", key));
  if (!node->quoted && node->text == "null") return std::optional<std::string>{};
  return std::optional(node->text);
}

Result<bool> Document::flag(const yaml::Node& map, std::string_view key, bool otherwise) const {
  const auto value = TRY(text(map, key));
  if (!value) return otherwise;
  if (*value == "true" || *value == "false") return *value == "true";
  return error(*map.find(key), fmt::format("'{}' is true or false, not {}", key, quoted(*value)));
}

Result<std::vector<std::string>> Document::texts(const yaml::Node& map, std::string_view key) const {
  std::vector<std::string> all;
  const auto* node = map.find(key);
  if (!node || node->kind == yaml::Node::Kind::null) return all;
  if (node->kind == yaml::Node::Kind::scalar) {
    all.push_back(node->text);
    return all;
  }
  if (node->kind != yaml::Node::Kind::list) return error(*node, fmt::format("'{}' is not a list", key));
  for (const auto& item : node->items) {
    if (item.kind != yaml::Node::Kind::scalar)
      return error(item, fmt::format("'{}' has something else than texts", key));
    all.push_back(item.text);
  }
  return all;
}

Result<std::vector<std::pair<std::string, std::optional<std::string>>>> Document::pairs(const yaml::Node& map,
                                                                                        std::string_view key) const {
  std::vector<std::pair<std::string, std::optional<std::string>>> all;
  const auto* node = map.find(key);
  if (!node || node->kind == yaml::Node::Kind::null) return all;
  if (node->kind != yaml::Node::Kind::map) return error(*node, fmt::format("'{}' is not a map", key));
  for (const auto& item : node->items) all.emplace_back(item.key, TRY(text(*node, item.key)));
  return all;
}

Result<> Document::only(const yaml::Node& map, std::string_view what, std::span<const std::string_view> keys) const {
  for (const auto& item : map.items) {
    if (std::ranges::find(keys, item.key) != keys.end()) continue;
    return error(item, fmt::format("{} has no key {}", what, quoted(item.key)),
                 dockerfile::did_you_mean(item.key, keys));
  }
  return {};
}

Result<> Document::refuse(const yaml::Node& map, std::string_view key, std::string_view why,
                          std::string_view cure) const {
  const auto* node = map.find(key);
  if (!node) return {};
  return error(*node, fmt::format("'{}' {}", key, why), cure).with_code(Code::unsupported);
}

Result<yaml::Node> read_map(std::string_view text, std::string_view file) {
  auto documents = TRY(yaml::parse(text, file));
  if (documents.size() == 1 && documents.front().kind == yaml::Node::Kind::map) return std::move(documents.front());
  return fail(Code::invalid, "{} is not one map of keys and values", dockerfile::printable(file));
}

std::string literal(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (std::string_view("\\'\"$").contains(c)) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

dockerfile::Instruction instruction(int line, std::string keyword, std::string text, dockerfile::Operation operation) {
  dockerfile::Instruction made{.operation = std::move(operation),
                               .keyword = {},
                               .text = {},
                               .at = {line, 1, 1},
                               .last_line = line,
                               .comments = {}};
  made.text = keyword + " " + std::move(text);
  made.keyword = std::move(keyword);
  return made;
}

dockerfile::Instruction env_of(int line, const std::vector<std::pair<std::string, std::string>>& pairs) {
  dockerfile::Env env;
  std::vector<std::string> shown;
  for (const auto& [name, value] : pairs) {
    env.pairs.push_back({literal(name), literal(value), false, {line, 1, 1}});
    shown.push_back(name + "=" + value);
  }
  return instruction(line, "ENV", join(shown, " "), std::move(env));
}

dockerfile::Instruction run_of(int line, std::vector<std::string> words, std::vector<dockerfile::RunMount> mounts) {
  dockerfile::Run run;
  auto shown = words.back();
  std::ranges::replace(shown, '\n', ';');
  run.command.words = std::move(words);
  run.mounts = std::move(mounts);
  return instruction(line, "RUN", std::move(shown), std::move(run));
}

}  // namespace gantry::task
