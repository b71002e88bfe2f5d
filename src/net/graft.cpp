#include "net/graft.hpp"
#include "net/graft_listen.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace gantry::net {

namespace {

/// The descriptor is all that is needed of the message.
Result<Fd> take_listener(const Fd& agents) {
  const Fd connection(accept4(agents.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!connection) return Error::system("accept a runtime's connection");
  std::array<char, 4096> text;
  Message message = TRY(receive_message(connection, text, "receive a listener"));
  return std::move(message.fd);
}

class GraftServer {
 public:
  GraftServer(const Fd& agents, const Fd& starter, std::vector<Graft> grafts)
      : agents_(agents), starter_(starter), grafts_(std::move(grafts)) {}

  Result<> run() {
    while (true) {
      std::vector<pollfd> polled{{agents_.get(), POLLIN, 0}, {waiting_ ? starter_.get() : -1, POLLIN, 0}};
      for (const Fd& listener : listeners_) polled.push_back({listener.get(), POLLIN, 0});
      if (poll(polled.data(), polled.size(), -1) < 0) {
        if (errno == EINTR) continue;
        return Error::system("wait for system calls");
      }
      look_at_listeners(polled);
      // Before the end of its starter is looked at: a start may be over at once.
      if (polled[0].revents != 0) take();
      else if (waiting_ && polled[1].revents != 0) return {};
      if (!waiting_ && listeners_.empty()) return {};
    }
  }

 private:
  void take() {
    auto listener = take_listener(agents_);
    if (!listener || !*listener) return;
    listeners_.push_back(std::move(*listener));
    waiting_ = false;
  }

  void look_at_listeners(const std::vector<pollfd>& polled) {
    constexpr std::size_t kFirst = 2;
    std::vector<Fd> left;
    for (std::size_t i = 0; i < listeners_.size(); ++i) {
      const short events = polled[kFirst + i].revents;
      if ((events & POLLIN) != 0) best_effort(answer_listen(listeners_[i], grafts_));
      if ((events & POLLIN) != 0 || (events & (POLLHUP | POLLERR | POLLNVAL)) == 0)
        left.push_back(std::move(listeners_[i]));
    }
    listeners_ = std::move(left);
  }

  const Fd& agents_;
  const Fd& starter_;
  std::vector<Graft> grafts_;
  std::vector<Fd> listeners_;
  bool waiting_ = true;  ///< for the first
};

}  // namespace

Result<> serve_grafts(const Fd& agents, const Fd& starter, std::vector<Graft> grafts) {
  return GraftServer(agents, starter, std::move(grafts)).run();
}

}  // namespace gantry::net
