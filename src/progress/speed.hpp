#pragma once

#include <cstdint>

namespace gantry::progress {

/// Bytes a second of late: each second the past counts for less, so that it neither jumps about nor clings to how
/// things once were.
class Speed {
 public:
  /// The speed now that `bytes` have come, at a time in nanoseconds; times only grow. 0 in the beginning.
  double at(std::uint64_t bytes, std::int64_t time);

 private:
  std::int64_t time_ = 0;  ///< 0: none yet
  std::uint64_t bytes_ = 0;
  double weight_ = 0;  ///< of what `speed_` comes from, at most 1
  double speed_ = 0;
};

}  // namespace gantry::progress
