#pragma once

#include "serve/limits.hpp"
#include "serve/message.hpp"
#include "serve/tls.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace gantry::serve {

/// A socket that listens.
struct Listener {
  Fd socket;
  std::string address;  ///< as it came to be: "127.0.0.1:5000", with the port that the kernel chose for 0
};
/// "127.0.0.1:5000"; "unix" for a local socket.
Result<std::string> bound_address(const Fd& socket);
/// "127.0.0.1:5000", "[::1]:5000", "localhost:0", ":5000" for every address of this machine.
Result<Listener> listen_on(std::string_view address);

/// An HTTP/1.1 server with a loop for each processor. It ends when the object does, without a drain.
class Server {
 public:
  /// `tls`, which outlives it: everything is by TLS; null: nothing is.
  static Result<Server> start(Listener listener, Handler& handler, const Limits& limits = {}, const Tls* tls = nullptr);
  Server(Server&& other) noexcept;
  Server& operator=(Server&&) = delete;
  ~Server();

  const std::string& address() const;
  /// Connections that are open now.
  std::size_t connections() const;
  /// Takes no more connections, ends the idle ones and waits for the others, at most as long as Limits says.
  void drain();

 private:
  class State;
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace gantry::serve
