#pragma once

#include <cstddef>
#include <string_view>

namespace gantry::options {

/// How many letters must be added, dropped, changed or swapped with their neighbour to make one word of the other.
std::size_t edit_distance(std::string_view one, std::string_view other);

/// Remembers the offered word that is closest to `given`, if it can be a slip of the finger.
class Suggestion {
 public:
  explicit Suggestion(std::string_view given) : given_(given) {}
  void offer(std::string_view word);
  std::string_view word() const { return word_; }  ///< empty: nothing is close

 private:
  std::string_view given_;
  std::string_view word_;
  std::size_t distance_ = 3;
};

}  // namespace gantry::options
