#include "registry_cli/jobs.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <chrono>

namespace gantry::registry_cli {

Jobs::~Jobs() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stopped_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Jobs::start() {
  if (!jobs_.empty()) thread_ = std::thread([this] { run(); });
}

void Jobs::run() {
  while (true) {
    const auto next = std::ranges::min_element(jobs_, {}, [](const Job& job) { return job.last + job.every; });
    // Looked at again after a minute at most: the clock may have been set meanwhile.
    const std::int64_t wait = std::clamp<std::int64_t>(next->last + next->every - now(), 0, 60 * kSecond);
    std::unique_lock lock(mutex_);
    if (stopped_.wait_for(lock, std::chrono::nanoseconds(wait), [this] { return stopping_; })) return;
    lock.unlock();
    if (next->last + next->every > now()) continue;
    if (auto done = next->work(); !done) log::error("{}: {}", next->name, done.error().message());
    next->last = now();
  }
}

}  // namespace gantry::registry_cli
