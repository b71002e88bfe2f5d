#include "registry_cli/jobs.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <chrono>

namespace gantry::registry_cli {

namespace {

constexpr std::int64_t kAgain = 300 * kSecond;

}  // namespace

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

void Jobs::add(Job job) {
  if (const auto last = job.key.empty() ? Result<std::int64_t>(0) : metadata_.job_time(job.key)) job.last = *last;
  jobs_.push_back(std::move(job));
}

void Jobs::work(Job& job) {
  auto done = job.work();
  job.last = now();
  if (done && !job.key.empty()) done = metadata_.note_job(job.key, job.last);
  if (done || stopping_) return;
  log::error("{}: {}", job.name, done.error().message());
  job.last -= std::max<std::int64_t>(0, job.every - kAgain);
}

void Jobs::run() {
  while (true) {
    const auto next = std::ranges::min_element(jobs_, {}, [](const Job& job) { return job.last + job.every; });
    // Looked at again after a minute at most: the clock may have been set meanwhile.
    const std::int64_t wait = std::clamp<std::int64_t>(next->last + next->every - now(), 0, 60 * kSecond);
    {
      std::unique_lock lock(mutex_);
      if (stopped_.wait_for(lock, std::chrono::nanoseconds(wait), [this] { return stopping_.load(); })) return;
    }
    if (next->last + next->every <= now()) work(*next);
  }
}

}  // namespace gantry::registry_cli
