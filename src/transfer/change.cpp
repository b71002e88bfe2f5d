#include "transfer/change.hpp"

#include "base/json.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace gantry::transfer {

namespace {

/// Words as a Dockerfile has them: split at blanks outside of quotes; a backslash takes the next character as it is.
Result<std::vector<std::string>> quoted_words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  char quote = 0;
  bool in_word = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
      word += text[++i];
      in_word = true;
    } else if (quote != 0 ? c == quote : c == '"' || c == '\'') {
      quote = quote != 0 ? '\0' : c;
      in_word = true;
    } else if (quote == 0 && (c == ' ' || c == '\t')) {
      if (in_word) words.push_back(std::move(word));
      word.clear();
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
  }
  if (quote != 0) return fail(Code::invalid, "a {} is not closed", quote);
  if (in_word) words.push_back(std::move(word));
  return words;
}

/// A JSON list is the argv itself; anything else is a command line for the shell.
Result<std::vector<std::string>> argv_of(std::string_view text) {
  if (text.starts_with('[')) return json::decode<std::vector<std::string>>(text, "the list");
  return std::vector<std::string>{"/bin/sh", "-c", std::string(text)};
}

Result<std::vector<std::string>> list_of(std::string_view text) {
  return text.starts_with('[') ? json::decode<std::vector<std::string>>(text, "the list") : quoted_words_of(text);
}

struct Pair {
  std::string key;
  std::string value;
};

/// "a=1 b=2", or the old form "a 1".
Result<std::vector<Pair>> pairs_of(std::string_view text) {
  auto words = TRY(quoted_words_of(text));
  std::vector<Pair> pairs;
  if (!words.empty() && words.front().find('=') == std::string::npos) {
    auto [key, value, found] = cut(text, ' ');
    if (!found) return fail(Code::invalid, "'{}' has no value", key);
    pairs.push_back({std::string(key), std::string(trim(value))});
    return pairs;
  }
  for (const auto& word : words) {
    auto [key, value, found] = cut(word, '=');
    if (!found || key.empty()) return fail(Code::invalid, "'{}' is not NAME=VALUE", word);
    pairs.push_back({std::string(key), std::string(value)});
  }
  return pairs;
}

Result<> expose(std::string_view text, oci::ExecutionConfig& config) {
  for (const auto& word : TRY(quoted_words_of(text))) {
    auto [port, protocol, found] = cut(word, '/');
    auto number = parse_unsigned(cut(port, '-').before);
    bool known = !found || protocol == "tcp" || protocol == "udp" || protocol == "sctp";
    if (!number || *number == 0 || *number > 65535 || !known)
      return fail(Code::invalid, "'{}' is not a port; write it as 80 or 53/udp", word);
    config.exposed_ports[found ? word : word + "/tcp"] = {};
  }
  return {};
}

Result<> apply(std::string_view name, std::string_view text, oci::ExecutionConfig& config) {
  if (name == "cmd") config.cmd = TRY(argv_of(text));
  else if (name == "entrypoint") config.entrypoint = TRY(argv_of(text));
  else if (name == "env")
    for (const auto& pair : TRY(pairs_of(text))) set_variable(config.env, pair.key, pair.value);
  else if (name == "label")
    for (auto& pair : TRY(pairs_of(text))) config.labels[pair.key] = std::move(pair.value);
  else if (name == "expose") return expose(text, config);
  else if (name == "volume")
    for (auto& path : TRY(list_of(text))) config.volumes[std::move(path)] = {};
  else if (name == "user") config.user = text;
  else if (name == "stopsignal") config.stop_signal = text;
  else if (name == "onbuild") config.on_build.emplace_back(text);
  else if (name == "workdir")
    config.working_dir = text.starts_with('/') ? text : config.working_dir + "/" + std::string(text);
  else
    return fail(Code::invalid,
                "'{}' is none of CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME, WORKDIR",
                name);
  return {};
}

}  // namespace

void set_variable(std::vector<std::string>& environment, std::string_view name, std::string_view value) {
  std::string prefix = fmt::format("{}=", name);
  std::erase_if(environment, [&](const std::string& line) { return line.starts_with(prefix); });
  environment.push_back(prefix + std::string(value));
}

Result<> apply_change(std::string_view instruction, oci::ExecutionConfig& config) {
  std::string_view whole = trim(instruction);
  std::size_t end = whole.find_first_of(" \t=");
  std::string_view text = end == std::string_view::npos ? "" : trim(whole.substr(end + 1));
  if (text.empty()) return fail(Code::invalid, "change '{}': it has no value", instruction);
  return with_context(apply(to_lower(whole.substr(0, end)), text, config), "change '{}'", instruction);
}

}  // namespace gantry::transfer
