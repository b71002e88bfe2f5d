#include "dns/poller.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>

namespace gantry::dns {

Result<Poller> Poller::make() {
  Fd fd(epoll_create1(EPOLL_CLOEXEC));
  if (!fd) return Error::system("make an epoll");
  return Poller(std::move(fd));
}

Result<> Poller::watch(const Fd& fd, std::uint32_t events, Watched& watched) {
  epoll_event event{.events = events, .data = {.ptr = &watched}};
  if (epoll_ctl(fd_.get(), EPOLL_CTL_ADD, fd.get(), &event) < 0) return Error::system("watch a descriptor");
  return {};
}

Result<> Poller::change(const Fd& fd, std::uint32_t events, Watched& watched) {
  epoll_event event{.events = events, .data = {.ptr = &watched}};
  if (epoll_ctl(fd_.get(), EPOLL_CTL_MOD, fd.get(), &event) < 0) return Error::system("watch a descriptor");
  return {};
}

Result<> Poller::turn(int milliseconds) {
  epoll_event events[64];
  const int count = epoll_wait(fd_.get(), events, 64, milliseconds);
  if (count < 0 && errno != EINTR) return Error::system("wait for events");
  for (int i = 0; i < count; ++i) {
    auto* watched = static_cast<Watched*>(events[i].data.ptr);
    // Dropped by a handler of this very turn.
    if (std::ranges::any_of(dropped_, [&](const auto& gone) { return gone.get() == watched; })) continue;
    watched->ready(events[i].events);
  }
  dropped_.clear();
  return {};
}

}  // namespace gantry::dns
