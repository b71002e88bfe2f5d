#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

namespace gantry::progress {

using Counter = std::atomic<std::uint64_t>;
static_assert(Counter::is_always_lock_free, "processes share them");

/// Numbers in memory that stays shared after a fork(2), so that a child can count for its parent at no cost.
class Counters {
 public:
  Counters();
  Counters(const Counters&) = delete;
  Counters& operator=(const Counters&) = delete;
  ~Counters();

  /// One that is zero; nullptr when all are taken.
  Counter* take();
  void give_back(Counter* counter) { free_.push_back(counter); }

 private:
  void* memory_;
  std::vector<Counter*> free_;
};

}  // namespace gantry::progress
