#include "registry/throttle.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace gantry::registry {

namespace {

/// Those whose bucket is full again are forgotten when there are so many.
constexpr std::size_t kMostBuckets = 10'000;

}  // namespace

Throttle::Bucket& Throttle::filled(std::string_view who) {
  const auto time = monotonic();
  auto fill = [&](Bucket& bucket) {
    const double seconds = static_cast<double>(time - bucket.time) / static_cast<double>(kSecond);
    bucket.left = std::min(burst_, bucket.left + seconds * rate_);
    bucket.time = time;
  };
  if (buckets_.size() >= kMostBuckets) {
    for (auto entry = buckets_.begin(); entry != buckets_.end();) {
      fill(entry->second);
      entry = entry->second.left >= burst_ ? buckets_.erase(entry) : std::next(entry);
    }
    // All of them busy: an attack from many addresses. Memory is what counts then.
    if (buckets_.size() >= kMostBuckets) buckets_.clear();
  }
  auto& bucket = buckets_.try_emplace(std::string(who), Bucket{burst_, time}).first->second;
  fill(bucket);
  return bucket;
}

std::int64_t Throttle::take(std::string_view who) {
  std::lock_guard lock(mutex_);
  auto& bucket = filled(who);
  if (bucket.left < 1) return std::max<std::int64_t>(1, std::llround(std::ceil((1 - bucket.left) / rate_)));
  bucket.left -= 1;
  return 0;
}

bool Throttle::has(std::string_view who) {
  std::lock_guard lock(mutex_);
  return filled(who).left >= 1;
}

std::string_view address_of(std::string_view peer) { return cut_last(peer, ':').before; }

}  // namespace gantry::registry
