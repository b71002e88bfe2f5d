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

}  // namespace gantry::cli
