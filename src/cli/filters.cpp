#include "cli/filters.hpp"

#include "base/text.hpp"

namespace gantry::cli {

Result<Filters> read_filters(const std::vector<std::string>& words) {
  Filters filters;
  for (const auto& word : words) {
    auto [key, value, found] = cut(word, '=');
    if (!found || key.empty()) return fail(Code::invalid, "option --filter: '{}' is not of the form KEY=VALUE", word);
    filters.emplace_back(key, value);
  }
  return filters;
}

bool has_label(const std::map<std::string, std::string>& labels, const std::string& wanted) {
  auto [name, value, has_value] = cut(wanted, '=');
  auto found = labels.find(std::string(name));
  return found != labels.end() && (!has_value || found->second == value);
}

}  // namespace gantry::cli
