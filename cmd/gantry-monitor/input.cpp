#include "input.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <termios.h>

namespace gantry::monitor {

void Input::open(int fd, bool is_terminal) {
  if (fd < 0) return;
  fd_ = tiny::Fd(fd);
  is_terminal_ = is_terminal;
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

void Input::take(Loop& loop, std::size_t size) {
  if (!fd_) return;
  begin_ = 1;
  end_ = 1 + size;
  flush(loop);
}

void Input::flush(Loop& loop) {
  while (begin_ < end_) {
    ssize_t put = tiny::retry([&] { return write(fd_.get(), packet_ + begin_, end_ - begin_); });
    if (put < 0 && errno == EAGAIN) {
      watch_.want(loop, fd_.get(), EPOLLOUT);
      return;
    }
    if (put < 0) {
      // The container has closed its stdin for good; a terminal that nobody has open may be opened again.
      if (!is_terminal_) return close(loop);
      break;
    }
    begin_ += static_cast<std::size_t>(put);
  }
  begin_ = end_ = 0;
  watch_.want(loop, fd_.get(), 0);
}

void Input::end(Loop& loop) {
  if (!is_terminal_) return close(loop);
  termios settings;
  if (tcgetattr(fd_.get(), &settings) < 0 || (settings.c_lflag & ICANON) == 0) return;
  packet_[1] = static_cast<char>(settings.c_cc[VEOF]);
  take(loop, 1);
}

void Input::leave(Loop& loop) {
  if (!is_terminal_) close(loop);
}

void Input::close(Loop& loop) {
  begin_ = end_ = 0;
  watch_.want(loop, fd_.get(), 0);
  fd_.close();
}

void Input::resize(unsigned short rows, unsigned short columns) {
  winsize size{.ws_row = rows, .ws_col = columns};
  if (is_terminal_) ioctl(fd_.get(), TIOCSWINSZ, &size);
}

}  // namespace gantry::monitor
