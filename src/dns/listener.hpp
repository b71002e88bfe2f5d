#pragma once

#include "dns/datagrams.hpp"
#include "dns/frames.hpp"
#include "dns/poller.hpp"
#include "linux/ip_address.hpp"

#include <memory>

namespace gantry::dns {

class Server;

/// Both sockets of one address.
class Listener {
 public:
  /// The address need not be there yet. Code::busy when somebody else has the port.
  static Result<std::unique_ptr<Listener>> make(Poller& poller, Server& server, const linux::IpAddress& address,
                                                std::uint16_t port);
  explicit Listener(Poller& poller);
  Listener(const Listener&) = delete;
  ~Listener();

  /// Answers what was asked before.
  void send(const sockaddr_storage& to, const std::string& answer);

 private:
  class Udp;
  class Tcp;
  Poller& poller_;
  std::unique_ptr<Udp> udp_;
  std::unique_ptr<Tcp> tcp_;
};

/// A client that came by TCP.
class Connection final : public Watched {
 public:
  Connection(Poller& poller, Server& server, Fd fd, const linux::IpAddress& at, const linux::IpAddress& source)
      : poller_(poller), server_(server), frames_(std::move(fd)), at_(at), source_(source) {}

  const linux::IpAddress& source() const { return source_; }
  std::int64_t deadline() const { return deadline_; }  ///< by monotonic()
  Result<> start(std::uint64_t key);
  void ready(std::uint32_t events) override;
  void send(const std::string& answer);

 private:
  void go_on();

  Poller& poller_;
  Server& server_;
  Frames frames_;
  linux::IpAddress at_;
  linux::IpAddress source_;
  std::uint64_t key_ = 0;
  std::int64_t deadline_ = 0;
  std::int64_t waiting_ = 0;  ///< questions without an answer yet
  bool ended_ = false;        ///< the client asks no more
};

}  // namespace gantry::dns
