#pragma once

#include "base/fd.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace gantry::dns {

/// Something with a descriptor that gets ready.
class Watched {
 public:
  virtual ~Watched() = default;
  virtual void ready(std::uint32_t events) = 0;
};

/// One thread's epoll. What is dropped lives until the events at hand are all delivered, so a handler may drop itself.
class Poller {
 public:
  static Result<Poller> make();

  /// `events` of epoll_ctl(2); `watched` stays where it is until drop() or its descriptor is closed.
  Result<> watch(const Fd& fd, std::uint32_t events, Watched& watched);
  Result<> change(const Fd& fd, std::uint32_t events, Watched& watched);
  void drop(std::unique_ptr<Watched> watched) { dropped_.push_back(std::move(watched)); }
  /// Waits up to `milliseconds` (-1: for ever) and delivers what has come.
  Result<> turn(int milliseconds);

 private:
  explicit Poller(Fd fd) : fd_(std::move(fd)) {}
  Fd fd_;
  std::vector<std::unique_ptr<Watched>> dropped_;
};

}  // namespace gantry::dns
