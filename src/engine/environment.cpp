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

}  // namespace gantry::engine
