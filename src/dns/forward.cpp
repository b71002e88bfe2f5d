#include "dns/forward.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"
#include "dns/frames.hpp"

#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

namespace gantry::dns {

namespace {

constexpr std::size_t kMost = 2048;          // under way at a time: each takes a descriptor
constexpr std::size_t kMostOfAClient = 256;  // so that one container cannot take all of them
constexpr std::int64_t kPatience = kSecond * 3 / 2;
constexpr int kRounds = 2;
constexpr std::uint16_t kPort = 53;

Result<std::uint16_t> random_id() {
  std::uint16_t id = 0;
  if (getrandom(&id, sizeof id, 0) != sizeof id) return Error::system("get random bytes");
  return id;
}

/// The kernel chooses a random port for a connected socket, and lets nothing in that another address sent.
Result<Fd> connect_to(const linux::IpAddress& server, int type) {
  Fd fd(socket(server.v6 ? AF_INET6 : AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return Error::system("make a socket");
  sockaddr_storage address;
  const unsigned size = linux::to_socket_address(server, kPort, address);
  if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), size) < 0 && errno != EINPROGRESS)
    return Error::system("connect to {}", server.text());
  return fd;
}

Wire wire_of(const std::string& text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

}  // namespace

/// One question, with the server that it waits for.
class Forwarder::Exchange final : public Watched {
 public:
  Exchange(Forwarder& owner, std::uint64_t key, Wire query, Question question, std::vector<linux::IpAddress> servers,
           bool by_tcp, const linux::IpAddress& client, Done done)
      : owner_(owner),
        key_(key),
        query_(query.begin(), query.end()),
        client_id_(id_of(query)),
        question_(std::move(question)),
        servers_(std::move(servers)),
        by_tcp_(by_tcp),
        client_(client),
        done_(std::move(done)) {}

  /// False when no server is left.
  bool ask_next() {
    while (tried_ < servers_.size() * kRounds) {
      const linux::IpAddress& server = servers_[tried_++ % servers_.size()];
      if (auto sent = send_to(server); sent) return true;
      else log::info("ask {}: {}", server.text(), sent.error().message());
    }
    return false;
  }

  void ready(std::uint32_t events) override {
    if (by_tcp_) read_stream(events);
    else read_datagrams();
  }

 private:
  friend class Forwarder;

  Result<> send_to(const linux::IpAddress& server) {
    id_ = TRY(random_id());
    set_id(query_, id_);
    deadline_ = monotonic() + kPatience;
    stream_.reset();
    datagrams_ = {};
    Fd fd = TRY(connect_to(server, by_tcp_ ? SOCK_STREAM : SOCK_DGRAM));
    if (by_tcp_) {
      stream_ = std::make_unique<Frames>(std::move(fd));
      stream_->put(query_);
      return owner_.poller_.watch(stream_->fd(), EPOLLIN | EPOLLOUT, *this);
    }
    if (send(fd.get(), query_.data(), query_.size(), 0) < 0) return Error::system("send");
    TRY(owner_.poller_.watch(fd, EPOLLIN, *this));
    datagrams_ = std::move(fd);
    return {};
  }

  bool fits(const std::string& answer) const {
    if (answer.size() < kHeaderSize || !is_reply(wire_of(answer)) || id_of(wire_of(answer)) != id_) return false;
    return question_of(wire_of(answer)) == question_;
  }

  void read_datagrams() {
    std::array<char, kMaxMessage> buffer;
    for (;;) {
      const ssize_t size = recv(datagrams_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (size < 0) {
        // ECONNREFUSED: nobody listens there.
        if (errno != EAGAIN && errno != EINTR) owner_.next(*this);
        return;
      }
      std::string answer(buffer.data(), static_cast<std::size_t>(size));
      if (fits(answer)) return owner_.finish(*this, std::move(answer));
    }
  }

  void read_stream(std::uint32_t events) {
    if ((events & EPOLLERR) != 0 || !stream_->flush()) return owner_.next(*this);
    if (!stream_->wants_to_write()) best_effort(owner_.poller_.change(stream_->fd(), EPOLLIN, *this));
    const bool open = stream_->fill();
    if (auto answer = stream_->next()) {
      if (fits(*answer)) return owner_.finish(*this, std::move(*answer));
      return owner_.next(*this);
    }
    if (!open) owner_.next(*this);
  }

  Forwarder& owner_;
  std::uint64_t key_;
  std::string query_;
  std::uint16_t client_id_;
  std::uint16_t id_ = 0;
  Question question_;
  std::vector<linux::IpAddress> servers_;
  std::size_t tried_ = 0;
  bool by_tcp_;
  linux::IpAddress client_;
  Done done_;
  std::int64_t deadline_ = 0;
  Fd datagrams_;
  std::unique_ptr<Frames> stream_;
};

Forwarder::Forwarder(Poller& poller) : poller_(poller) {}

Forwarder::~Forwarder() = default;

bool Forwarder::ask(Wire query, const Question& question, std::vector<linux::IpAddress> servers, bool by_tcp,
                    const linux::IpAddress& client, Done done) {
  if (exchanges_.size() >= kMost) return false;
  std::size_t& of_client = per_client_[client];
  if (of_client >= kMostOfAClient) return false;
  ++of_client;
  const std::uint64_t key = ++last_;
  auto made =
      std::make_unique<Exchange>(*this, key, query, question, std::move(servers), by_tcp, client, std::move(done));
  Exchange& exchange = *exchanges_.emplace(key, std::move(made)).first->second;
  next(exchange);
  return true;
}

void Forwarder::next(Exchange& exchange) {
  if (!exchange.ask_next()) finish(exchange, {});
}

void Forwarder::finish(Exchange& exchange, std::string answer) {
  if (!answer.empty()) set_id(answer, exchange.client_id_);
  const auto of_client = per_client_.find(exchange.client_);
  if (--of_client->second == 0) per_client_.erase(of_client);
  const Done done = std::move(exchange.done_);
  auto held = std::move(exchanges_.extract(exchange.key_).mapped());
  held->datagrams_ = {};
  held->stream_.reset();
  poller_.drop(std::move(held));
  done(std::move(answer));
}

int Forwarder::expire() {
  if (exchanges_.empty()) return -1;
  const std::int64_t time = monotonic();
  std::int64_t first = time + kPatience;
  std::vector<std::uint64_t> late;
  for (const auto& [key, exchange] : exchanges_) {
    if (exchange->deadline_ <= time) late.push_back(key);
    else first = std::min(first, exchange->deadline_);
  }
  for (const std::uint64_t key : late)
    if (const auto found = exchanges_.find(key); found != exchanges_.end()) next(*found->second);
  return late.empty() ? static_cast<int>((first - time) / 1'000'000) + 1 : 1;
}

}  // namespace gantry::dns
