#include "serve/loop.hpp"

#include "base/log.hpp"
#include "serve/body.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <exception>

namespace gantry::serve {

namespace {

constexpr std::int64_t kSweep = kSecond;
/// Responses that one client gets before it is the others' turn.
constexpr int kResponsesInTurn = 32;

bool is_idle(const Connection& connection) {
  return !connection.has_response() && !connection.mid_request() && !connection.lingering && !connection.queued;
}

Response plain(int status, std::string_view text) {
  Response response{.status = status, .body = std::string(text) + "\n"};
  response.add("Content-Type", "text/plain; charset=utf-8");
  return response;
}

}  // namespace

Result<std::unique_ptr<Loop>> Loop::make(Shared& shared) {
  Fd epoll(epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) return Error::system("create an epoll");
  Fd bell(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!bell) return Error::system("create an eventfd");
  epoll_event event{.events = EPOLLIN, .data = {.ptr = nullptr}};
  if (epoll_ctl(epoll.get(), EPOLL_CTL_ADD, bell.get(), &event) < 0) return Error::system("wait for an eventfd");
  return std::unique_ptr<Loop>(new Loop(std::move(epoll), std::move(bell), shared));
}

void Loop::wake() {
  const std::uint64_t one = 1;
  // It fails only when the bell has been rung 2^64 times without being heard.
  [[maybe_unused]] ssize_t written = ::write(bell_.get(), &one, sizeof one);
}

void Loop::adopt(std::unique_ptr<Connection> connection) {
  {
    std::lock_guard lock(mutex_);
    inbox_.fresh.push_back(std::move(connection));
  }
  wake();
}

void Loop::run() {
  std::array<epoll_event, 256> events;
  std::int64_t next_sweep = monotonic() + kSweep;
  while (true) {
    const int count = epoll_wait(epoll_.get(), events.data(), events.size(), again_.empty() ? 1000 : 0);
    bool rung = false;
    for (int i = 0; i < count; ++i) {
      auto* connection = static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr);
      if (connection == nullptr) rung = true;
      else if (!connection->queued) serve(*connection);
    }
    if (rung) take_inbox();
    for (Connection* connection : std::exchange(again_, {})) {
      connection->queued = false;
      serve(*connection);
    }
    if (const auto now = monotonic(); now >= next_sweep || shared_.draining) {
      sweep(now);
      next_sweep = now + kSweep;
      if (shared_.draining && connections_.empty() && lent_.empty()) break;
    }
  }
}

void Loop::take_inbox() {
  std::uint64_t rings = 0;
  [[maybe_unused]] ssize_t got = ::read(bell_.get(), &rings, sizeof rings);
  Inbox inbox;
  {
    std::lock_guard lock(mutex_);
    std::swap(inbox, inbox_);
  }
  for (auto& fresh : inbox.fresh) {
    Connection* connection = fresh.get();
    connections_.emplace(connection, std::move(fresh));
    serve(*connection);
  }
  for (Connection* connection : inbox.returned) {
    auto found = lent_.find(connection);
    connections_.emplace(connection, std::move(found->second));
    lent_.erase(found);
    serve(*connection);
  }
}

void Loop::sweep(std::int64_t now) {
  std::vector<Connection*> late;
  for (const auto& [connection, owner] : connections_)
    if (now >= connection->deadline || (shared_.draining && is_idle(*connection))) late.push_back(connection);
  for (Connection* connection : late) {
    if (now < connection->deadline) {
      // What it has sent already is still answered.
      serve(*connection);
      if (connections_.contains(connection) && is_idle(*connection)) close(*connection);
    } else if (connection->mid_request() && !connection->has_response() && !connection->lingering &&
               !connection->channel().in_handshake()) {
      connection->set_response(plain(408, "the request came too slowly"), false);
      serve(*connection);
    } else {
      close(*connection);
    }
  }
  if (!shared_.draining) return;
  if (drain_end_ == 0) drain_end_ = now + shared_.drain;
  if (now < drain_end_) return;
  // Workers that wait for their clients see them go.
  for (const auto& [connection, owner] : lent_) shutdown(connection->socket().get(), SHUT_RDWR);
  while (!connections_.empty()) close(*connections_.begin()->first);
}

void Loop::serve(Connection& connection) {
  if (connection.lingering) {
    if (!connection.linger()) close(connection);
    return;
  }
  for (int turn = 0; turn < kResponsesInTurn; ++turn) {
    if (connection.has_response() && !write(connection)) return;
    if (!read(connection)) return;
  }
  queue(connection);
}

void Loop::queue(Connection& connection) {
  connection.queued = true;
  again_.push_back(&connection);
}

bool Loop::read(Connection& connection) {
  switch (connection.read_request()) {
    case Connection::Input::request:
      return answer(connection);
    case Connection::Input::bad:
      return true;
    case Connection::Input::more:
      wait_for(connection, connection.channel().wanted(),
               connection.mid_request() ? shared_.limits.head : shared_.limits.idle);
      return false;
    case Connection::Input::closed:
      break;
  }
  close(connection);
  return false;
}

bool Loop::write(Connection& connection) {
  switch (connection.send_response()) {
    case Connection::Output::sent:
      break;
    case Connection::Output::blocked:
      wait_for(connection, connection.channel().wanted(), shared_.limits.stall);
      connection.deadline = monotonic() + shared_.limits.stall;
      return false;
    case Connection::Output::more:
      queue(connection);
      return false;
    case Connection::Output::closed:
      shared_.handler.finished(connection.request(), connection.outcome());
      close(connection);
      return false;
  }
  shared_.handler.finished(connection.request(), connection.outcome());
  if (!connection.keeps()) {
    end(connection);
    return false;
  }
  connection.next_request();
  return true;
}

bool Loop::may_keep(const Connection& connection) const { return connection.request().keep_alive && !shared_.draining; }

bool Loop::answer(Connection& connection) {
  const Request& request = connection.request();
  if (!request.has_body()) {
    if (auto response = shared_.handler.answer_at_once(request)) {
      connection.set_response(std::move(*response), may_keep(connection));
      return true;
    }
  }
  return lend(connection);
}

bool Loop::lend(Connection& connection) {
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, connection.socket().get(), nullptr);
  connection.events = 0;
  auto found = connections_.find(&connection);
  lent_.emplace(&connection, std::move(found->second));
  connections_.erase(found);
  if (shared_.workers.add([this, &connection] { work(connection); })) return false;
  found = lent_.find(&connection);
  connections_.emplace(&connection, std::move(found->second));
  lent_.erase(found);
  Response busy = plain(503, "too much is going on");
  busy.add("Retry-After", "1");
  connection.set_response(std::move(busy), false);
  return true;
}

void Loop::work(Connection& connection) {
  BodySource body(connection, shared_.limits, shared_.workers);
  Response response;
  try {
    response = shared_.handler.handle(connection.request(), body);
  } catch (const std::exception& error) {  // memory, at most: our code throws nothing
    log::error("answer {} {}: {}", connection.request().method_name, connection.request().path, error.what());
    response = plain(500, "something went wrong here");
  }
  const bool whole = body.drain();
  connection.set_response(std::move(response), whole && may_keep(connection));
  {
    std::lock_guard lock(mutex_);
    inbox_.returned.push_back(&connection);
  }
  wake();
}

void Loop::wait_for(Connection& connection, std::uint32_t events, std::int64_t patience) {
  // The time for a head begins with its first byte: a client must not gain any by sending another.
  const bool same_wait = connection.mid_request() && connection.waits_for_head;
  connection.waits_for_head = connection.mid_request();
  if (!same_wait) connection.deadline = monotonic() + patience;
  if (connection.events == events) return;
  epoll_event event{.events = events, .data = {.ptr = &connection}};
  const int change = connection.events == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
  connection.events = events;
  if (epoll_ctl(epoll_.get(), change, connection.socket().get(), &event) < 0) close(connection);
}

void Loop::end(Connection& connection) {
  if (!connection.linger()) {
    close(connection);
    return;
  }
  constexpr std::int64_t kLinger = 3 * kSecond;
  wait_for(connection, connection.channel().wanted(), kLinger);
}

void Loop::close(Connection& connection) {
  if (connection.queued) std::erase(again_, &connection);
  connections_.erase(&connection);
  --shared_.connections;
}

}  // namespace gantry::serve
