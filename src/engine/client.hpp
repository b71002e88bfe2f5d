#pragma once

#include "base/fd.hpp"
#include "engine/detach_keys.hpp"
#include "linux/terminal.hpp"

#include <csignal>
#include <functional>
#include <optional>
#include <string>

namespace gantry::engine {

/// A client of gantry-monitor (wire/monitor.hpp): our stdin, stdout and stderr, or our terminal, are those of a process
/// that a monitor looks after.
class Client {
 public:
  struct Options {
    bool terminal = false;      ///< the process has a terminal
    bool input = false;         ///< pass our stdin on
    bool signal_proxy = false;  ///< pass signals on instead of dying of them
    DetachKeys detach_keys;
  };
  /// Blocks the signals that will be passed on, so that none is lost: make it before the process starts.
  static Result<Client> make(Options options);
  Client(Client&&) = default;
  /// Unblocks them.
  ~Client();

  enum class End {
    exited,        ///< exit_code() is known
    detached,      ///< by the keys
    disconnected,  ///< by the monitor: it was killed, or we were too slow
  };
  using SignalSink = std::function<void(int signal)>;
  /// Serves until the process ends. The terminal is raw meanwhile. Signals go to `pass_signal`.
  Result<End> serve(Fd socket, const SignalSink& pass_signal);
  int exit_code() const { return exit_code_; }
  /// After End::exited, for the first client: it does the cleanup. False when the monitor is gone.
  bool take_over();

 private:
  explicit Client(Options options) : options_(std::move(options)) {}
  Result<> read_input();
  Result<std::optional<End>> read_packet();
  void read_signal(const SignalSink& pass_signal);
  void send_size();
  bool send_pending();

  Options options_;
  sigset_t blocked_{};
  sigset_t mask_before_{};
  Fd signals_;
  Fd socket_;
  bool input_open_ = false;
  std::string pending_;  ///< a packet that the monitor has no room for yet
  std::string buffer_;
  int exit_code_ = 0;
};

/// Connects to the attach socket of a container's run folder.
Result<Fd> connect_to_monitor(const std::string& run_folder);

/// The size of the terminal on stdin or stdout; nothing when neither is one.
std::optional<linux::WindowSize> own_window_size();

}  // namespace gantry::engine
