#pragma once

#include "tiny/fd.hpp"

#include <cstdint>

namespace gantry::monitor {

/// What a descriptor is to the monitor.
enum class Source : std::uint32_t { none, child, output, error, input, listener, client };

struct Event {
  Source source = Source::none;  ///< none: the time is over
  std::uint32_t index = 0;       ///< of a client
  std::uint32_t events = 0;      ///< EPOLL*
};

/// An epoll set.
class Loop {
 public:
  bool open();
  /// One event, so that none can be about something that an earlier one has closed. -1 waits for ever.
  Event wait(int milliseconds = -1);

 private:
  friend class Watch;
  tiny::Fd epoll_;
};

/// One descriptor in the set, which must be withdrawn before it is closed.
class Watch {
 public:
  constexpr Watch() = default;
  constexpr Watch(Source source, std::uint32_t index = 0) : source_(source), index_(index) {}
  /// 0 takes it out of the set: epoll reports a hang-up to everyone in it, which would spin the loop while we do not
  /// want to read.
  void want(Loop& loop, int fd, std::uint32_t events);

 private:
  Source source_ = Source::none;
  std::uint32_t index_ = 0;
  std::uint32_t events_ = 0;
};

}  // namespace gantry::monitor
