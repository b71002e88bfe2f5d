#pragma once

#include "loop.hpp"
#include "tiny/fd.hpp"
#include "wire/monitor.hpp"

#include <cstddef>
#include <span>

namespace gantry::monitor {

/// The container's stdin, or the keyboard's side of its terminal, behind a queue of one packet.
class Input {
 public:
  void open(int fd, bool is_terminal);

  /// Where the next packet of a client goes, type and data; only while the queue is empty.
  std::span<char> room() { return packet_; }
  bool is_empty() const { return begin_ == end_; }

  /// Queues the data of the packet in room(): `size` bytes after its type.
  void take(Loop& loop, std::size_t size);
  /// Writes as much as the container takes now.
  void flush(Loop& loop);
  /// Stdin has ended: closes it; a terminal gets its end-of-file character.
  void end(Loop& loop);
  /// Stdin has ended because its writer has gone: closes it, but leaves a terminal open for the next.
  void leave(Loop& loop);
  /// Nobody is left to read it.
  void close(Loop& loop);

  void resize(unsigned short rows, unsigned short columns);

 private:
  tiny::Fd fd_;
  Watch watch_{Source::input};
  bool is_terminal_ = false;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  char packet_[1 + wire::kMaxPacket];
};

}  // namespace gantry::monitor
