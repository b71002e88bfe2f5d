#pragma once

#include "base/fd.hpp"
#include "base/result.hpp"

#include <sys/types.h>

namespace gantry::runtime_cli {

/// From now on processes that lose their parent become children of ours: those of a container without a pid namespace.
Result<> adopt_orphans();

/// Where a process that runs in the foreground gets its terminal from when there is no --console-socket: ours is
/// copied to and from a new one.
class Foreground {
 public:
  /// With `terminal`, the process's end of the socket that takes the master is console_socket().
  static Result<Foreground> make(bool terminal);

  int console_socket() const { return sockets_.theirs.get(); }
  /// Passes signals, and with a terminal what is typed and printed, until the child `pid` ends; its exit code.
  Result<int> serve(pid_t pid);

 private:
  explicit Foreground(SocketPair sockets) : sockets_(std::move(sockets)) {}
  SocketPair sockets_;
};

}  // namespace gantry::runtime_cli
