#include "cli/option_lists.hpp"

#include "base/text.hpp"

namespace gantry::cli {

std::vector<std::string> split_at_commas(const std::vector<std::string>& words) {
  std::vector<std::string> all;
  for (const auto& word : words)
    for (auto& part : split(word, ',')) all.push_back(std::move(part));
  return all;
}

Result<std::map<std::string, std::string>> read_pairs(const std::vector<std::string>& words, std::string_view option) {
  std::map<std::string, std::string> all;
  for (const auto& word : words) {
    auto [name, value, found] = cut(word, '=');
    if (name.empty()) return fail(Code::invalid, "option --{}: '{}' is not NAME=VALUE", option, word);
    all[std::string(name)] = value;
  }
  return all;
}

}  // namespace gantry::cli
