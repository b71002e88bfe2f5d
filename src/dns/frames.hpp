#pragma once

#include "base/fd.hpp"

#include <optional>
#include <string>

namespace gantry::dns {

/// Messages on a stream, each behind its length of two bytes (RFC 1035, 4.2.2), on a socket that never waits.
class Frames {
 public:
  explicit Frames(Fd fd) : fd_(std::move(fd)) {}

  const Fd& fd() const { return fd_; }
  /// Reads what is there; false at the end of the stream and when it breaks.
  bool fill();
  /// The next whole message.
  std::optional<std::string> next();
  /// Queues a message of at most 65535 bytes.
  void put(std::string_view message);
  /// Writes what the socket takes; false when it is broken.
  bool flush();
  bool wants_to_write() const { return !out_.empty(); }
  std::size_t queued() const { return out_.size(); }

 private:
  Fd fd_;
  std::string in_;
  std::string out_;
};

}  // namespace gantry::dns
