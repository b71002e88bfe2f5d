#include "cli/option_lists.hpp"

#include "base/text.hpp"

namespace gantry::cli {

std::vector<std::string> split_at_commas(const std::vector<std::string>& words) {
  std::vector<std::string> all;
  for (const auto& word : words)
    for (auto& part : split(word, ',')) all.push_back(std::move(part));
  return all;
}

}  // namespace gantry::cli
