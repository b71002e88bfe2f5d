#pragma once

#include "http/client.hpp"
#include "webhook/cloud_event.hpp"
#include "webhook/queue.hpp"

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace gantry::webhook {

/// Somebody who wants to be told.
struct Receiver {
  std::string url;
  std::string key;                        ///< that messages are signed with; empty: they are not
  std::vector<std::string> events;        ///< "push", "delete"; empty: all
  std::vector<std::string> repositories;  ///< patterns; empty: all
  std::vector<std::string> authorities;   ///< PEM files that are trusted besides the system's

  bool wants(const Happening& happening) const;
};

/// How long to wait after so many tries that failed: 1 s, 2 s, 4 s, … an hour.
std::int64_t backoff(std::int64_t tries);

/// Tells a receiver, in order, what the queue has for it, on a thread of its own for as long as the object lives. What
/// the receiver does not take with a status of 2xx is tried again for three days.
class Sender {
 public:
  Sender(Receiver receiver, Queue& queue, std::string source);
  Sender(const Sender&) = delete;
  ~Sender();

  const Receiver& receiver() const { return receiver_; }
  /// Puts it into the queue when the receiver wants it.
  Result<> tell(const Happening& happening);

 private:
  void run();
  /// How long to wait until there may be something to do.
  std::int64_t step();
  Result<> send(const Message& message);

  Receiver receiver_;
  Queue& queue_;
  std::string source_;
  http::Client client_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool added_ = false;
  std::thread thread_;
};

}  // namespace gantry::webhook
