#pragma once

#include "base/result.hpp"

#include <sys/types.h>

#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace gantry {

/// An owned file descriptor; closed when it goes.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
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
  bool valid() const { return fd_ >= 0; }
  explicit operator bool() const { return valid(); }
  int release() { return std::exchange(fd_, -1); }
  void close();

  /// Another descriptor of the same open file, close-on-exec.
  Result<Fd> duplicate() const;

 private:
  int fd_ = -1;
};

struct Pipe {
  Fd read;
  Fd write;
};

/// Both ends close-on-exec.
Result<Pipe> make_pipe();

struct SocketPair {
  Fd ours;
  Fd theirs;
};

/// AF_UNIX; `type` is SOCK_STREAM or SOCK_SEQPACKET. Both ends close-on-exec.
Result<SocketPair> make_socket_pair(int type);

/// Sends one descriptor over a unix socket; it comes with the first byte of the message.
Result<> send_fd(const Fd& socket, const Fd& fd, std::string_view message = {"", 1});  // NOLINT
/// Connects to the unix stream socket at `path`; `what` it is, for the error: "console socket".
Result<Fd> connect_unix(const std::string& path, std::string_view what);

struct Message {
  std::size_t size = 0;  ///< of what is in the buffer; 0: the peer is gone
  Fd fd;                 ///< that came with it, close-on-exec; invalid: none did
};
/// Receives from a unix socket, with one descriptor at most: the kernel closes further ones. `doing` is for the error.
Result<Message> receive_message(const Fd& socket, std::span<char> buffer, std::string_view doing);
/// Receives one descriptor, close-on-exec; fails when the peer closes or sends none.
Result<Fd> receive_fd(const Fd& socket);

Result<> set_close_on_exec(int fd, bool on);
Result<> set_nonblocking(int fd, bool on);

}  // namespace gantry
