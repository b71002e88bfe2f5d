#pragma once

#include "base/fd.hpp"
#include "runtime/runtime.hpp"

#include <sys/types.h>

#include <functional>

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

struct RunMode {
  bool detach = false;  ///< return once it runs
  bool keep = false;    ///< do not delete it when it ends
  bool adopt = true;    ///< its orphans
};
/// Runs the container that `make` makes for the request, to its end; the exit code. Where it has a terminal and nobody
/// takes it, ours is copied.
Result<int> run_container(const runtime::Settings& settings, runtime::CreateRequest& request, const RunMode& mode,
                          const std::function<Result<pid_t>()>& make);

}  // namespace gantry::runtime_cli
