#include "progress/speed.hpp"

#include <cmath>

namespace gantry::progress {

namespace {

constexpr double kMemory = 3;             ///< seconds
constexpr double kShortest = 50'000'000;  ///< nanoseconds of which a speed can be told

}  // namespace

double Speed::at(std::uint64_t bytes, std::int64_t time) {
  auto elapsed = static_cast<double>(time - time_);
  if (time_ != 0 && elapsed < kShortest) return weight_ > 0 ? speed_ / weight_ : 0;
  // A transfer that has begun again somewhere before does not go backwards.
  if (time_ != 0 && bytes >= bytes_) {
    double seconds = elapsed / 1e9;
    double fading = std::exp(-seconds / kMemory);
    speed_ = speed_ * fading + static_cast<double>(bytes - bytes_) / seconds * (1 - fading);
    weight_ = weight_ * fading + (1 - fading);
  }
  time_ = time;
  bytes_ = bytes;
  return weight_ > 0 ? speed_ / weight_ : 0;
}

}  // namespace gantry::progress
