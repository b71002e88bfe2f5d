#include "dns/listener.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"
#include "dns/server.hpp"

#include <netinet/in.h>
#include <sys/epoll.h>

namespace gantry::dns {

namespace {

constexpr std::int64_t kConnectionPatience = 10 * kSecond;  // from one query to the next
constexpr std::size_t kMostQueued = 256u << 10;             // bytes of answers that a client does not fetch
constexpr int kReceiveBuffer = 1 << 20;                     // so that a burst of questions is not lost

void set_option(const Fd& fd, int level, int option, int value) {
  // A courtesy each: without it the bind fails, and says why, or bursts are cut.
  setsockopt(fd.get(), level, option, &value, sizeof value);
}

Result<Fd> bind_to(const linux::IpAddress& address, std::uint16_t port, int type) {
  Fd fd(socket(address.v6 ? AF_INET6 : AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return Error::system("make a socket");
  if (address.v6) {
    set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    set_option(fd, IPPROTO_IPV6, IPV6_FREEBIND, 1);
  } else {
    set_option(fd, IPPROTO_IP, IP_FREEBIND, 1);
  }
  if (type == SOCK_STREAM) set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  else set_option(fd, SOL_SOCKET, SO_RCVBUF, kReceiveBuffer);
  sockaddr_storage storage;
  const unsigned size = linux::to_socket_address(address, port, storage);
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&storage), size) == 0) return fd;
  if (errno == EADDRINUSE)
    return fail(Code::busy, "cannot answer names on {}: another program has port {} ({})", address.text(), port,
                type == SOCK_STREAM ? "tcp" : "udp")
        .with_cure("let it listen on other addresses, or have no names in this network");
  return Error::system("listen on {} port {}", address.text(), port);
}

}  // namespace

class Listener::Udp final : public Watched {
 public:
  Udp(Server& server, Fd fd, const linux::IpAddress& address)
      : server_(server), fd_(std::move(fd)), address_(address) {}
  const Fd& fd() const { return fd_; }

  void ready(std::uint32_t) override {
    Datagrams& datagrams = server_.datagrams();
    const unsigned count = datagrams.receive(fd_);
    if (count == 0) return;
    server_.refresh();
    batch_ = true;
    for (unsigned i = 0; i < count; ++i) {
      const sockaddr_storage& from = datagrams.source(i);
      server_.answer(address_, linux::from_socket_address(from).address, datagrams.data(i), false,
                     [&server = server_, address = address_, from](const std::string& answer) {
                       if (Listener* listener = server.listener(address)) listener->send(from, answer);
                     });
    }
    batch_ = false;
    datagrams.flush(fd_);
  }

  void send(const sockaddr_storage& to, const std::string& answer) {
    server_.datagrams().put(to, answer);
    if (!batch_) server_.datagrams().flush(fd_);
  }

 private:
  Server& server_;
  Fd fd_;
  linux::IpAddress address_;
  bool batch_ = false;  ///< answers are collected
};

class Listener::Tcp final : public Watched {
 public:
  Tcp(Poller& poller, Server& server, Fd fd, const linux::IpAddress& address)
      : poller_(poller), server_(server), fd_(std::move(fd)), address_(address) {}
  const Fd& fd() const { return fd_; }

  void ready(std::uint32_t) override {
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    Fd client(accept4(fd_.get(), reinterpret_cast<sockaddr*>(&from), &size, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!client) return;
    server_.adopt(std::make_unique<Connection>(poller_, server_, std::move(client), address_,
                                               linux::from_socket_address(from).address));
  }

 private:
  Poller& poller_;
  Server& server_;
  Fd fd_;
  linux::IpAddress address_;
};

Result<std::unique_ptr<Listener>> Listener::make(Poller& poller, Server& server, const linux::IpAddress& address,
                                                 std::uint16_t port) {
  Fd datagrams = TRY(bind_to(address, port, SOCK_DGRAM));
  Fd stream = TRY(bind_to(address, port, SOCK_STREAM));
  if (listen(stream.get(), 64) < 0) return Error::system("listen on {} port {}", address.text(), port);
  auto listener = std::make_unique<Listener>(poller);
  listener->udp_ = std::make_unique<Udp>(server, std::move(datagrams), address);
  listener->tcp_ = std::make_unique<Tcp>(poller, server, std::move(stream), address);
  TRY(poller.watch(listener->udp_->fd(), EPOLLIN, *listener->udp_));
  TRY(poller.watch(listener->tcp_->fd(), EPOLLIN, *listener->tcp_));
  return listener;
}

Listener::Listener(Poller& poller) : poller_(poller) {}

Listener::~Listener() {
  if (udp_) poller_.drop(std::move(udp_));
  if (tcp_) poller_.drop(std::move(tcp_));
}

void Listener::send(const sockaddr_storage& to, const std::string& answer) { udp_->send(to, answer); }

Result<> Connection::start(std::uint64_t key) {
  key_ = key;
  deadline_ = monotonic() + kConnectionPatience;
  return poller_.watch(frames_.fd(), EPOLLIN, *this);
}

void Connection::ready(std::uint32_t events) {
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) return server_.end(key_);
  if ((events & EPOLLIN) != 0 && !frames_.fill()) ended_ = true;
  server_.refresh();
  while (frames_.queued() < kMostQueued) {
    const auto message = frames_.next();
    if (!message) break;
    deadline_ = monotonic() + kConnectionPatience;
    ++waiting_;
    server_.answer(at_, source_, {reinterpret_cast<const std::uint8_t*>(message->data()), message->size()}, true,
                   [&server = server_, key = key_](const std::string& answer) {
                     if (Connection* connection = server.connection(key)) connection->send(answer);
                   });
  }
  go_on();
}

void Connection::send(const std::string& answer) {
  --waiting_;
  frames_.put(answer);
  go_on();
}

/// Writes what can be written, and waits for what is to come, if anything is.
void Connection::go_on() {
  const bool broken = !frames_.flush() || frames_.queued() > 2 * kMostQueued;
  if (broken || (ended_ && waiting_ <= 0 && !frames_.wants_to_write())) return server_.end(key_);
  const bool reads = !ended_ && frames_.queued() < kMostQueued;
  const std::uint32_t events = (reads ? EPOLLIN : 0u) | (frames_.wants_to_write() ? EPOLLOUT : 0u);
  if (!poller_.change(frames_.fd(), events, *this)) server_.end(key_);
}

}  // namespace gantry::dns
