#pragma once

#include "base/fd.hpp"
#include "net/connections.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::net {

/// Ports of the host that nobody else can bind, as a socket of each is bound here. Traffic never comes to them: the
/// firewall has sent it on by then.
class HeldPorts {
 public:
  /// Binds every port in `ports`, and fills in those that were to be any free one (host_port 0). Code::exists, with the
  /// name of who has it, for one that is taken; Code::invalid for an address that the host has not.
  /// `who` knows the containers' ports: who has this one, or "" (a socket that only holds a port is in no table).
  using Who = std::function<std::string(std::uint16_t port, std::string_view protocol)>;
  static Result<HeldPorts> hold(std::vector<PublishedPort>& ports, const Who& who);
  /// The sockets, one for each port of each of the `ports` in turn; invalid where the kernel has no such sockets.
  std::vector<Fd> take() && { return std::move(sockets_); }
  /// One descriptor that holds all of them as long as it is open: they wait in the queue of a socket that nobody reads.
  /// Invalid when there are none.
  Result<Fd> bundle() const;

 private:
  std::vector<Fd> sockets_;
};

/// Who listens on a port of this host: "nginx (process 12)"; empty when nobody is found.
std::string holder_of(std::uint16_t port, std::string_view protocol);

}  // namespace gantry::net
