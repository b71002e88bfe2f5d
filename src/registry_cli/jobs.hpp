#pragma once

#include "base/result.hpp"
#include "registry/metadata.hpp"

#include <atomic>
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
  std::string key = {};   ///< of its rule: when that was done last is remembered; empty: it is not
  std::int64_t last = 0;  ///< when that was, on the clock of now(); 0: never
};

/// Jobs one after another on a thread of their own, from start() on for as long as the object lives. A job that is
/// being done is waited for. One that fails is tried again after five minutes, or earlier when it is done more often
/// than that.
class Jobs {
 public:
  explicit Jobs(registry::Metadata& metadata) : metadata_(metadata) {}
  ~Jobs();
  void add(Job job);
  void start();
  /// Whether a job should come to an end.
  bool is_stopping() const { return stopping_; }

 private:
  void run();

  void work(Job& job);

  registry::Metadata& metadata_;
  std::vector<Job> jobs_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace gantry::registry_cli
