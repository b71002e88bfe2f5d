#include "serve/server.hpp"

#include "base/log.hpp"
#include "serve/loop.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <thread>

namespace gantry::serve {

namespace {

std::string text_of(const sockaddr_storage& address) {
  char host[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    inet_ntop(AF_INET, &v4.sin_addr, host, sizeof host);
    return fmt::format("{}:{}", host, ntohs(v4.sin_port));
  }
  if (address.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    inet_ntop(AF_INET6, &v6.sin6_addr, host, sizeof host);
    return fmt::format("[{}]:{}", host, ntohs(v6.sin6_port));
  }
  return "unix";
}

}  // namespace

class Server::State {
 public:
  State(Listener listener, Handler& handler, const Limits& limits, const Tls* tls)
      : listener_(std::move(listener)),
        tls_(tls),
        limits_(limits),
        workers_(limits_.workers, limits_.queue),
        shared_{.handler = handler, .workers = workers_, .limits = limits_, .drain = limits_.drain} {}
  ~State() {
    shared_.drain = 0;
    drain();
  }

  Result<> start();
  void drain();
  const std::string& address() const { return listener_.address; }
  std::size_t connections() const { return shared_.connections; }

 private:
  enum class Accepted { one, none, failed };
  void accept_all();
  Accepted accept_one();

  Listener listener_;
  const Tls* tls_;
  Limits limits_;
  Workers workers_;
  Loop::Shared shared_;
  Fd stop_;
  std::vector<std::unique_ptr<Loop>> loops_;
  std::vector<std::thread> threads_;
  std::size_t next_ = 0;
};

Result<> Server::State::start() {
  stop_ = Fd(eventfd(0, EFD_CLOEXEC));
  if (!stop_) return Error::system("create an eventfd");
  TRY(set_nonblocking(listener_.socket.get(), true));
  const unsigned count = std::max(1u, std::thread::hardware_concurrency());
  for (unsigned i = 0; i < count; ++i) loops_.push_back(TRY(Loop::make(shared_)));
  for (auto& loop : loops_) threads_.emplace_back([&loop] { loop->run(); });
  threads_.emplace_back([this] { accept_all(); });
  return {};
}

void Server::State::accept_all() {
  pollfd ready[2] = {{stop_.get(), POLLIN, 0}, {listener_.socket.get(), POLLIN, 0}};
  while (true) {
    // At the limit, and when descriptors have run out, those that wait do so in the kernel's queue.
    const bool full = shared_.connections >= limits_.connections;
    if (poll(ready, full ? 1 : 2, full ? 100 : -1) < 0) continue;
    if (ready[0].revents != 0) break;
    if (full || ready[1].revents == 0) continue;
    if (accept_one() == Accepted::failed) poll(ready, 1, 100);
  }
  // Closing the socket would reset those whose connection stands already for them, with their requests on the way.
  while (accept_one() == Accepted::one) {
  }
}

Server::State::Accepted Server::State::accept_one() {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  Fd socket(accept4(listener_.socket.get(), reinterpret_cast<sockaddr*>(&peer), &size, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!socket) {
    if (errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM) return Accepted::none;
    log::warning("cannot accept a connection: {}", text_of_errno(errno));
    return Accepted::failed;
  }
  const int on = 1;
  setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ++shared_.connections;
  loops_[next_++ % loops_.size()]->adopt(std::make_unique<Connection>(
      tls_ != nullptr ? Channel(std::move(socket), *tls_) : Channel(std::move(socket)), text_of(peer)));
  return Accepted::one;
}

void Server::State::drain() {
  if (threads_.empty()) return;
  shared_.draining = true;
  const std::uint64_t one = 1;
  [[maybe_unused]] ssize_t written = ::write(stop_.get(), &one, sizeof one);
  threads_.back().join();  // no loop gets another connection
  threads_.pop_back();
  listener_.socket.close();
  for (auto& loop : loops_) loop->wake();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}
Server::Server(Server&&) noexcept = default;
Server::~Server() = default;

Result<Server> Server::start(Listener listener, Handler& handler, const Limits& limits, const Tls* tls) {
  auto state = std::make_unique<State>(std::move(listener), handler, limits, tls);
  TRY(state->start());
  return Server(std::move(state));
}

const std::string& Server::address() const { return state_->address(); }
std::size_t Server::connections() const { return state_->connections(); }
void Server::drain() { state_->drain(); }

}  // namespace gantry::serve
