#pragma once

#include "base/clock.hpp"
#include "sql/database.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace gantry::webhook {

/// Something that has to be told to somebody.
struct Message {
  std::int64_t number = 0;
  std::string id;    ///< the same at each try
  std::string body;  ///< a CloudEvent as JSON
  std::int64_t tries = 0;
  Timestamp made = 0;
  Timestamp next = 0;  ///< when to try
};

/// What is still to be told, in a SQLite file: it survives a restart. Any number of threads may use it.
class Queue {
 public:
  /// Those that wait for one receiver; more are refused.
  static constexpr std::int64_t kMost = 100'000;

  static Result<std::unique_ptr<Queue>> open(const std::string& path);

  /// Kept when this returns. Code::no_space: too many wait for that receiver.
  Result<> add(const std::string& receiver, const Message& message);
  /// The oldest that waits for a receiver.
  Result<std::optional<Message>> first(const std::string& receiver);
  /// It has been told, or will never be.
  Result<> remove(const Message& message);
  Result<> postpone(const Message& message, Timestamp next);
  /// Drops what waits for other receivers than these.
  Result<> forget(const std::vector<std::string>& known);

 private:
  explicit Queue(sql::Database database) : database_(std::move(database)) {}
  std::mutex mutex_;
  sql::Database database_;
};

}  // namespace gantry::webhook
