#pragma once

#include "loop.hpp"
#include "tiny/fd.hpp"
#include "wire/monitor.hpp"

#include <cstddef>
#include <string_view>

namespace gantry::monitor {

/// One output of the container: stdout, stderr or the terminal.
class Stream {
 public:
  enum class Got { data, nothing_yet, end };

  constexpr Stream(Source source, wire::Packet type, std::string_view name)
      : watch_(source), type_(type), name_(name) {}

  void open(Loop& loop, int fd, bool is_terminal);
  bool is_open() const { return static_cast<bool>(fd_); }
  void close(Loop& loop);

  /// Reads one batch into the packet. The end comes when the last holder of the other side has gone.
  Got read();
  /// Nothing is to be written any more: the end comes as soon as what the pipe holds is read. It may be kept open by a
  /// process that the container's init has left behind.
  void expect_end();
  /// For a terminal that has reported its end while the container runs: holds the other side open ourselves, so that
  /// the next process that opens it is heard. False when it was the end indeed.
  bool reopen();

  std::string_view name() const { return name_; }
  /// The batch read last, and the same as a packet for clients.
  std::string_view data() const { return {packet_ + 1, size_}; }
  std::string_view packet() const { return {packet_, 1 + size_}; }

  /// While it is held, the batch waits for the first client, and nothing more is read.
  bool is_held() const { return held_; }
  void hold(Loop& loop);
  void release(Loop& loop);

 private:
  static constexpr std::size_t kBatch = 16384;

  tiny::Fd fd_;
  tiny::Fd other_side_;
  Watch watch_;
  wire::Packet type_;
  std::string_view name_;
  bool is_terminal_ = false;
  bool expects_end_ = false;
  std::size_t left_ = 0;  ///< bytes to read yet, once the end is expected
  bool held_ = false;
  std::size_t size_ = 0;
  char packet_[1 + kBatch];
};

}  // namespace gantry::monitor
