#pragma once

#include <condition_variable>
#include <mutex>
#include <set>
#include <string>

namespace gantry::mirror {

/// One at a time for each name: who comes second waits, and then finds what the first has made.
class Turns {
 public:
  class Turn {
   public:
    Turn(Turns& turns, std::string name) : turns_(turns), name_(std::move(name)) {
      std::unique_lock lock(turns_.mutex_);
      turns_.ended_.wait(lock, [&] { return !turns_.taken_.contains(name_); });
      turns_.taken_.insert(name_);
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() {
      std::lock_guard lock(turns_.mutex_);
      turns_.taken_.erase(name_);
      turns_.ended_.notify_all();
    }

   private:
    Turns& turns_;
    std::string name_;
  };

 private:
  std::mutex mutex_;
  std::condition_variable ended_;
  std::set<std::string> taken_;
};

}  // namespace gantry::mirror
