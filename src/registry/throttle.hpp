#pragma once

#include "base/clock.hpp"

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace gantry::registry {

/// How often each of many may do something: `rate` times a second on average, `burst` times at once. Any number of
/// threads may use it.
class Throttle {
 public:
  Throttle(double rate, double burst) : rate_(rate), burst_(burst) {}

  /// Takes one time, if there is one left. 0: there was; else the seconds until there is.
  std::int64_t take(std::string_view who);
  /// Whether take() would have one, without taking it.
  bool has(std::string_view who);

 private:
  struct Bucket {
    double left = 0;
    std::int64_t time = 0;  ///< on the clock of monotonic()
  };
  Bucket& filled(std::string_view who);

  double rate_;
  double burst_;
  std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;
};

/// "127.0.0.1" of "127.0.0.1:4711": what all connections of a client have in common.
std::string_view address_of(std::string_view peer);

}  // namespace gantry::registry
