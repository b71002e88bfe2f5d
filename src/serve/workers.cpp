#include "serve/workers.hpp"

#include <chrono>
#include <system_error>
#include <thread>

namespace gantry::serve {

Workers::~Workers() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  work_added_.notify_all();
  thread_ended_.wait(lock, [&] { return threads_ == 0; });
}

bool Workers::add(std::function<void()> work) {
  std::lock_guard lock(mutex_);
  if (stopping_ || queue_.size() >= longest_queue_) return false;
  if (idle_ <= queue_.size() && threads_ < most_) {
    try {
      std::thread(&Workers::run, this).detach();
      ++threads_;
    } catch (const std::system_error&) {  // no more threads here: those that are there will come to it
      if (threads_ == 0) return false;
    }
  }
  queue_.push_back(std::move(work));
  note_shortage();
  work_added_.notify_one();
  return true;
}

void Workers::run() {
  constexpr std::chrono::seconds kRest{10};
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    const bool woken = work_added_.wait_for(lock, kRest, [&] { return stopping_ || !queue_.empty(); });
    --idle_;
    if (!woken || queue_.empty()) break;
    auto work = std::move(queue_.front());
    queue_.pop_front();
    note_shortage();
    lock.unlock();
    work();
    work = nullptr;
    lock.lock();
  }
  --threads_;
  // Under the lock: the destructor must not get past it while this thread still uses the object.
  thread_ended_.notify_all();
}

}  // namespace gantry::serve
