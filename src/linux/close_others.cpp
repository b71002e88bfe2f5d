#include "linux/close_others.hpp"

#include <unistd.h>

#include <algorithm>

namespace gantry::linux {

void close_others(unsigned first, std::vector<int> keep) {
  std::ranges::sort(keep);
  for (const int kept : keep) {
    const auto number = static_cast<unsigned>(kept);
    if (number > first) close_range(first, number - 1, 0);
    first = std::max(first, number + 1);
  }
  close_range(first, ~0u, 0);
}

}  // namespace gantry::linux
