#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>

namespace gantry::serve {

/// Threads for what waits: started when there is work that none is free for, ended when they have had none for a while.
class Workers {
 public:
  Workers(std::size_t most, std::size_t longest_queue) : most_(most), longest_queue_(longest_queue) {}
  /// Waits for all of them.
  ~Workers();

  /// False: there is too much work already.
  bool add(std::function<void()> work);
  /// Whether there is work that has to wait until other work ends.
  bool is_short() const { return short_; }

 private:
  void run();
  void note_shortage() { short_ = threads_ >= most_ && queue_.size() > idle_; }

  std::mutex mutex_;
  std::condition_variable work_added_;
  std::condition_variable thread_ended_;
  std::deque<std::function<void()>> queue_;
  std::size_t most_;
  std::size_t longest_queue_;
  std::size_t threads_ = 0;
  std::size_t idle_ = 0;
  bool stopping_ = false;
  std::atomic<bool> short_ = false;
};

}  // namespace gantry::serve
