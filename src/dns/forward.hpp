#pragma once

#include "dns/packet.hpp"
#include "dns/poller.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace gantry::dns {

/// Questions to other servers. Each has a socket, so a port, and an id of its own, both random; an answer counts when
/// it comes from the server that was asked, with that id and that question. Nothing is cached, so nothing can be
/// poisoned for longer than one answer.
class Forwarder {
 public:
  /// Gets the answer with the client's id; empty: nobody gave one.
  using Done = std::function<void(std::string answer)>;

  explicit Forwarder(Poller& poller);
  Forwarder(const Forwarder&) = delete;
  ~Forwarder();

  /// False: too many are under way, for this client or at all. `servers` are asked one after the other, twice around.
  bool ask(Wire query, const Question& question, std::vector<linux::IpAddress> servers, bool by_tcp,
           const linux::IpAddress& client, Done done);
  /// Gives up what has waited too long; milliseconds until there may be more to give up, -1: nothing waits.
  int expire();

 private:
  class Exchange;
  void next(Exchange& exchange);
  void finish(Exchange& exchange, std::string answer);

  Poller& poller_;
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, std::unique_ptr<Exchange>> exchanges_;
  std::map<linux::IpAddress, std::size_t> per_client_;
};

}  // namespace gantry::dns
