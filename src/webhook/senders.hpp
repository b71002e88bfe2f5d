#pragma once

#include "webhook/sender.hpp"

#include <memory>
#include <string>
#include <vector>

namespace gantry::webhook {

/// Tells several receivers, from one queue.
class Senders {
 public:
  /// `path` is the queue's file, `source` what this registry calls itself. What waits for other receivers is dropped.
  static Result<std::unique_ptr<Senders>> start(std::vector<Receiver> receivers, const std::string& path,
                                                const std::string& source);
  /// Kept in mind when this returns; what cannot be kept goes to the log.
  void tell(const Happening& happening);

 private:
  explicit Senders(std::unique_ptr<Queue> queue) : queue_(std::move(queue)) {}

  std::unique_ptr<Queue> queue_;
  std::vector<std::unique_ptr<Sender>> senders_;
};

}  // namespace gantry::webhook
