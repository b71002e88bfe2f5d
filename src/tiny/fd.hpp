#pragma once

// Helpers of the programs that are built against musl: headers alone, no exceptions, no heap.

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <utility>

#include <unistd.h>

namespace gantry::tiny {

/// An owned file descriptor; closed when it goes.
class Fd {
 public:
  constexpr Fd() = default;
  constexpr explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) {
      close();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  ~Fd() { close(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_ = -1;
};

/// The system call's result, once it was not interrupted.
template <class Call>
auto retry(Call call) {
  decltype(call()) result;
  do {
    result = call();
  } while (result < 0 && errno == EINTR);
  return result;
}

/// False with errno set, or with errno 0 when the data ends early.
inline bool read_exactly(int fd, void* data, std::size_t size) {
  char* next = static_cast<char*>(data);
  while (size > 0) {
    ssize_t got = retry([&] { return read(fd, next, size); });
    if (got == 0) errno = 0;
    if (got <= 0) return false;
    next += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

inline bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    ssize_t put = retry([&] { return write(fd, text.data(), text.size()); });
    if (put < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

/// A descriptor's number in decimal; -1 when it is anything else.
constexpr int parse_descriptor(std::string_view text) {
  if (text.empty() || text.size() > 6) return -1;
  int number = 0;
  for (char figure : text) {
    if (figure < '0' || figure > '9') return -1;
    number = number * 10 + (figure - '0');
  }
  return number;
}

}  // namespace gantry::tiny
