#include "engine/environment.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace gantry::engine {

std::vector<std::string> join_environment(std::vector<std::string> base, const std::vector<std::string>& over) {
  for (const auto& entry : over) {
    const std::string_view name = cut(entry, '=').before;
    auto same = [name](const std::string& other) { return cut(other, '=').before == name; };
    if (auto found = std::ranges::find_if(base, same); found != base.end()) *found = entry;
    else base.push_back(entry);
  }
  return base;
}

bool is_unset(const ContainerConfig& config, std::string_view entry) {
  return std::ranges::find(config.unset_env, cut(entry, '=').before) != config.unset_env.end();
}

std::string expand_variables(std::string_view text, const std::vector<std::string>& env) {
  std::string expanded;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.compare(at, 2, "${") == 0 ? text.find('}', at) : std::string_view::npos;
    if (end == std::string_view::npos) {
      expanded += text[at++];
      continue;
    }
    const std::string_view name = text.substr(at + 2, end - at - 2);
    for (const auto& entry : env)
      if (auto [known, value, found] = cut(entry, '='); known == name) expanded += value;
    at = end + 1;
  }
  return expanded;
}

}  // namespace gantry::engine
