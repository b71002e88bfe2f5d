#include "loop.hpp"

#include <sys/epoll.h>

namespace gantry::monitor {

bool Loop::open() {
  epoll_ = tiny::Fd(epoll_create1(EPOLL_CLOEXEC));
  return static_cast<bool>(epoll_);
}

Event Loop::wait(int milliseconds) {
  epoll_event event;
  int count = tiny::retry([&] { return epoll_wait(epoll_.get(), &event, 1, milliseconds); });
  if (count <= 0) return {};
  return {static_cast<Source>(event.data.u64 >> 32), static_cast<std::uint32_t>(event.data.u64), event.events};
}

void Watch::want(Loop& loop, int fd, std::uint32_t events) {
  if (events == events_) return;
  epoll_event event{.events = events, .data = {.u64 = static_cast<std::uint64_t>(source_) << 32 | index_}};
  int operation = events == 0 ? EPOLL_CTL_DEL : events_ == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
  epoll_ctl(loop.epoll_.get(), operation, fd, &event);
  events_ = events;
}

}  // namespace gantry::monitor
