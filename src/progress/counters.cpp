#include "progress/counters.hpp"

#include <sys/mman.h>

#include <new>

namespace gantry::progress {

namespace {

constexpr std::size_t kSize = 4096;

}  // namespace

Counters::Counters() : memory_(mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
  if (memory_ == MAP_FAILED) return;
  auto* counters = static_cast<Counter*>(memory_);
  for (std::size_t i = 0; i < kSize / sizeof(Counter); ++i) free_.push_back(new (counters + i) Counter(0));
}

Counters::~Counters() {
  if (memory_ != MAP_FAILED) munmap(memory_, kSize);
}

Counter* Counters::take() {
  if (free_.empty()) return nullptr;
  Counter* counter = free_.back();
  free_.pop_back();
  counter->store(0, std::memory_order_relaxed);
  return counter;
}

}  // namespace gantry::progress
