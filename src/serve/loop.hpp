#pragma once

#include "serve/connection.hpp"
#include "serve/workers.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace gantry::serve {

/// The connections of one thread, none of which it ever waits for. What waits goes to the workers and comes back.
class Loop {
 public:
  struct Shared {
    Handler& handler;
    Workers& workers;
    const Limits& limits;
    std::atomic<std::size_t> connections = 0;
    std::atomic<std::int64_t> drain;  ///< how long a drain may take
    std::atomic<bool> draining = false;
  };

  static Result<std::unique_ptr<Loop>> make(Shared& shared);
  /// Until a drain is over.
  void run();

  // From any thread:
  void adopt(std::unique_ptr<Connection> connection);
  void wake();

 private:
  Loop(Fd epoll, Fd bell, Shared& shared) : epoll_(std::move(epoll)), bell_(std::move(bell)), shared_(shared) {}

  void take_inbox();
  void sweep(std::int64_t now);
  void serve(Connection& connection);
  /// False: serve() is done with it for now.
  bool read(Connection& connection);
  bool write(Connection& connection);
  /// False: a worker has it now.
  bool answer(Connection& connection);
  bool lend(Connection& connection);
  void queue(Connection& connection);
  void work(Connection& connection);
  void wait_for(Connection& connection, std::uint32_t events, std::int64_t patience);
  void end(Connection& connection);
  void close(Connection& connection);
  bool may_keep(const Connection& connection) const;

  Fd epoll_;
  Fd bell_;  ///< an eventfd, rung when something is in the inbox
  Shared& shared_;
  std::unordered_map<Connection*, std::unique_ptr<Connection>> connections_;
  std::unordered_map<Connection*, std::unique_ptr<Connection>> lent_;  ///< to workers
  std::vector<Connection*> again_;                                     ///< whose turn was over before they were done
  std::int64_t drain_end_ = 0;

  struct Inbox {
    std::vector<std::unique_ptr<Connection>> fresh;
    std::vector<Connection*> returned;
  };
  std::mutex mutex_;
  Inbox inbox_;
};

}  // namespace gantry::serve
