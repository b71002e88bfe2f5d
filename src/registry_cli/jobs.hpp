#pragma once

#include "base/result.hpp"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace gantry::registry_cli {

/// Something that a registry does now and then.
struct Job {
  std::string name;  ///< for the log: "drop old copies"
  std::int64_t every = 0;
  std::function<Result<>()> work;
  std::int64_t last = 0;  ///< when it was done, on the clock of now(); 0: never
};

/// Jobs one after another on a thread of their own, from start() on for as long as the object lives. A job that is
/// being done is waited for.
class Jobs {
 public:
  ~Jobs();
  void add(Job job) { jobs_.push_back(std::move(job)); }
  void start();

 private:
  void run();

  std::vector<Job> jobs_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace gantry::registry_cli
