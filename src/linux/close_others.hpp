#pragma once

#include <vector>

namespace gantry::linux {

/// Closes every descriptor from the number `first` on but those of `keep`.
void close_others(unsigned first, std::vector<int> keep);

}  // namespace gantry::linux
