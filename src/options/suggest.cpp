#include "options/suggest.hpp"

#include <algorithm>
#include <vector>

namespace gantry::options {

std::size_t edit_distance(std::string_view one, std::string_view other) {
  const std::size_t width = other.size() + 1;
  std::vector<std::size_t> before(width), last(width), row(width);
  for (std::size_t j = 0; j < width; ++j) last[j] = j;
  for (std::size_t i = 1; i <= one.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j < width; ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (one[i - 1] != other[j - 1])});
      bool swapped = i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[width - 1];
}

void Suggestion::offer(std::string_view word) {
  constexpr std::size_t kLongest = 40;  // longer words are no names of ours
  if (given_.size() > kLongest || given_.size() < 2 || word.empty()) return;
  std::size_t distance = edit_distance(given_, word);
  if (distance > given_.size() / 2) return;
  if (distance < distance_) {
    distance_ = distance;
    word_ = word;
  }
}

}  // namespace gantry::options
