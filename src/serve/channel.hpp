#pragma once

#include "base/fd.hpp"

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

struct ssl_st;

namespace gantry::serve {

class Tls;

/// The bytes of one connection, plain or by TLS. Nothing here waits.
class Channel {
 public:
  explicit Channel(Fd socket) : socket_(std::move(socket)) {}
  /// By TLS; the handshake is a part of the first bytes that are read.
  Channel(Fd socket, const Tls& tls);
  Channel(Channel&&) noexcept;
  Channel& operator=(Channel&&) = delete;
  ~Channel();

  const Fd& socket() const { return socket_; }

  enum class State { done, wait, closed };
  struct Moved {
    State state = State::done;
    std::size_t bytes = 0;  ///< more than 0 when it is done
  };
  Moved receive(std::span<char> buffer);
  /// `more`: further bytes follow at once.
  Moved send(std::span<const iovec> parts, bool more);
  Moved send_file(const Fd& file, std::uint64_t offset, std::size_t size);
  /// After `wait`: poll(2)'s and epoll's event to wait for.
  std::uint32_t wanted() const { return wanted_; }
  /// The client's part of the handshake has not come yet.
  bool in_handshake() const;
  /// Says that nothing more comes.
  void finish();

 private:
  struct Free {
    void operator()(ssl_st* session) const;
  };
  Moved failed(bool sending);
  Moved result_of(int status);

  Fd socket_;
  std::unique_ptr<ssl_st, Free> session_;  ///< null: plain
  std::uint32_t wanted_ = 0;
};

}  // namespace gantry::serve
