#include "dns/frames.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace gantry::dns {

namespace {

/// One message and the beginning of the next: a peer that sends faster than it is served waits in its socket.
constexpr std::size_t kMostUnread = 2 + 65535 + 4096;

bool would_wait() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

bool Frames::fill() {
  char buffer[4096];
  while (in_.size() < kMostUnread) {
    const ssize_t size = recv(fd_.get(), buffer, sizeof buffer, 0);
    if (size < 0) return would_wait();
    if (size == 0) return false;
    in_.append(buffer, static_cast<std::size_t>(size));
    if (static_cast<std::size_t>(size) < sizeof buffer) return true;
  }
  return true;
}

std::optional<std::string> Frames::next() {
  if (in_.size() < 2) return std::nullopt;
  const std::size_t size =
      static_cast<std::size_t>(static_cast<unsigned char>(in_[0])) << 8 | static_cast<unsigned char>(in_[1]);
  if (in_.size() - 2 < size) return std::nullopt;
  std::string message = in_.substr(2, size);
  in_.erase(0, 2 + size);
  return message;
}

void Frames::put(std::string_view message) {
  out_.push_back(static_cast<char>(message.size() >> 8));
  out_.push_back(static_cast<char>(message.size() & 0xff));
  out_.append(message);
}

bool Frames::flush() {
  while (!out_.empty()) {
    const ssize_t size = send(fd_.get(), out_.data(), out_.size(), MSG_NOSIGNAL);
    if (size < 0) return would_wait();
    out_.erase(0, static_cast<std::size_t>(size));
  }
  return true;
}

}  // namespace gantry::dns
