#include "stream.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>

namespace gantry::monitor {

void Stream::open(Loop& loop, int fd, bool is_terminal) {
  if (fd < 0) return;
  fd_ = tiny::Fd(fd);
  is_terminal_ = is_terminal;
  packet_[0] = static_cast<char>(type_);
  // Our end alone: the container's end is another open file.
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  watch_.want(loop, fd, EPOLLIN);
}

void Stream::close(Loop& loop) {
  watch_.want(loop, fd_.get(), 0);
  fd_.close();
  other_side_.close();
}

Stream::Got Stream::read() {
  if (expects_end_ && left_ == 0) return Got::end;
  ssize_t got = tiny::retry([&] { return ::read(fd_.get(), packet_ + 1, kBatch); });
  if (got > 0) {
    size_ = static_cast<std::size_t>(got);
    left_ -= std::min(left_, size_);
    return Got::data;
  }
  return got < 0 && errno == EAGAIN && !expects_end_ ? Got::nothing_yet : Got::end;
}

void Stream::expect_end() {
  constexpr std::size_t kTerminal = 65536;
  // Not until it is empty: a process left behind may write without end.
  int capacity = fcntl(fd_.get(), F_GETPIPE_SZ);
  left_ = capacity > 0 ? static_cast<std::size_t>(capacity) : kTerminal;
  expects_end_ = true;
}

bool Stream::reopen() {
  if (!is_terminal_ || expects_end_) return false;
  other_side_ = tiny::Fd(ioctl(fd_.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
  return static_cast<bool>(other_side_);
}

void Stream::hold(Loop& loop) {
  held_ = true;
  watch_.want(loop, fd_.get(), 0);
}

void Stream::release(Loop& loop) {
  held_ = false;
  watch_.want(loop, fd_.get(), EPOLLIN);
}

}  // namespace gantry::monitor
